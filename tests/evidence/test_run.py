import json
from dataclasses import replace

import numpy as np
import pytest

from painctl.evidence.run import ordered_run, parse_fold, read_fold, read_run, require_same_run
from painctl.files.seals import sealed_json


def test_a_fold_is_read_as_written(run):
    fold = run()[2]
    reread = parse_fold(fold.as_json().encode(), "fold-3.json")
    assert (reread.fold, reread.fold_count, reread.description, reread.cuts) == (3, 5, fold.description, fold.cuts)
    assert (reread.trained, reread.validated) == (fold.trained, fold.validated)
    for name in ("frame", "subject", "pspi", "estimate", "decisions"):
        assert np.array_equal(getattr(reread.frames, name), getattr(fold.frames, name))
    assert np.array_equal(reread.frames.groups["age_group"], fold.frames.groups["age_group"])
    assert np.array_equal(reread.frames.labels["AU4"], fold.frames.labels["AU4"], equal_nan=True)
    assert reread.median == fold.median


def rewritten(text, change):
    """The text of a fold, sealed again after a change to its fields."""
    record = json.loads(text)
    change(record)
    del record["sha256"]
    return sealed_json(record).encode()


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda record: record.update(format="other"), "not a fold written by painctl cv: its format is 'other'"),
        (lambda record: record.pop("cuts"), "has no cuts; expected an object"),
        (lambda record: record.update(fold="1"), "fold is '1', expected a whole number from 1"),
        (lambda record: record.update(fold=True), "fold is True, expected a whole number from 1"),
        (lambda record: record.update(about=[]), "about is a list of 0, expected an object"),
        (lambda record: record.update(trained="everyone"), "trained is 'everyone', expected a list"),
        (lambda record: record.update(frames=3), "frames is 3, expected an object"),
        (lambda record: record["frames"].pop("estimate"), "frames: has no estimate"),
        (lambda record: record["frames"]["pspi"].pop(), "frames: pspi is a list of 59, expected a list of 60 items"),
        (lambda record: record["frames"]["pspi"].__setitem__(0, "a"), "frames: pspi is a list of 60, expected a list"),
        (lambda record: record["frames"]["subject"].__setitem__(0, 3), "frames: subject is a list of 60, expected"),
        (lambda record: record["frames"]["aus"].update(AU4=None), "frames: aus: AU4 is None, expected a list of 60"),
        (lambda record: record["frames"].update(groups=[1]), "frames: groups is a list of 1, expected an object"),
        (lambda record: record["cuts"].pop("2"), "cuts: has no 2; expected a number"),
        (lambda record: record.update(median="0"), "median is '0', expected a number"),
        (lambda record: record["frames"].pop("labels"), "frames: has no labels"),
        (
            lambda record: record["frames"]["labels"].update(AU4=["a"] * 60),
            "frames: labels: AU4 is a list of 60, expec",
        ),
    ],
)
def test_the_error_names_the_field_of_a_fold_that_is_invalid(run, change, words):
    text = run()[0].as_json()
    with pytest.raises(ValueError, match=rf"^fold-1\.json: {words}.*; run that fold again$"):
        parse_fold(rewritten(text, change), "fold-1.json")


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b"3", DEEP, b'{"format": NaN}', b"\0" * 50, b'{"fold": 1e999}'])
def test_a_file_that_is_not_json_is_rejected(data):
    with pytest.raises(ValueError, match=r"^x\.json.*; run that fold again$"):
        parse_fold(data, "x.json")


def test_a_number_that_is_not_finite_is_not_written(run):
    frames = run()[0].frames
    broken = replace(frames, estimate=np.full_like(frames.estimate, np.nan))
    with pytest.raises(ValueError, match="not JSON compliant"):
        replace(run()[0], frames=broken).as_json()


def test_every_flipped_bit_is_reported(run, tmp_path):
    path, rng = tmp_path / "fold-1.json", np.random.default_rng(0)
    whole = run(frames=2)[0].as_json().encode()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(flipped)
        with pytest.raises(ValueError, match=r"/fold-1\.json"):
            read_fold(path)
    path.write_bytes(whole[:-1])
    with pytest.raises(ValueError, match=r"fold-1\.json: changed or damaged"):
        read_fold(path)


def test_a_fold_of_an_earlier_version_has_no_checksum(run):
    record = earlier(run()[0].as_json(), "painctl-cv-fold/1")
    del record["sha256"]
    text = json.dumps(record)
    assert parse_fold(text.encode(), "fold-1.json").fold == 1
    with pytest.raises(ValueError, match=r"fold-1\.json: cuts: 2 is inf, expected a number"):
        parse_fold(text.replace('"2": 1.9', '"2": 1e999').encode(), "fold-1.json")


def earlier(text, kind):
    """The record of a fold as an earlier version wrote it."""
    record = json.loads(text) | {"format": kind}
    del record["median"], record["frames"]["labels"]
    return record


def test_a_run_of_an_earlier_version_is_read_and_its_medians_are_those_of_the_other_folds(run, tmp_path):
    folds = run()
    for fold in folds:
        record = earlier(fold.as_json(), "painctl-cv-fold/2")
        del record["sha256"]
        (tmp_path / f"fold-{fold.fold}.json").write_text(sealed_json(record))
    reread = read_run(tmp_path)
    assert [fold.median for fold in reread] == [fold.median for fold in folds]
    assert all(fold.frames.labels == {} for fold in reread)


def test_only_files_named_as_folds_are_read_and_each_holds_its_own(run, tmp_path):
    for fold in run():
        (tmp_path / f"fold-{fold.fold}.json").write_text(fold.as_json())
    for name in ("fold-1 (copy).json", "._fold-1.json", "fold-1.json~"):
        (tmp_path / name).write_text("{")
    assert len(read_run(tmp_path)) == 5
    (tmp_path / "fold-2.json").rename(tmp_path / "swap")
    (tmp_path / "fold-3.json").rename(tmp_path / "fold-2.json")
    with pytest.raises(ValueError, match=r"fold-2\.json: holds fold 3; rename it"):
        read_run(tmp_path)
    (tmp_path / "fold-2.json").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ValueError, match=r"fold-2\.json: a Git LFS pointer"):
        read_run(tmp_path)


def test_folds_are_ordered_and_checked(run):
    folds = run()
    assert [fold.fold for fold in ordered_run(folds[::-1], "run")] == [1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="no fold 2, 4 of 5"):
        ordered_run([folds[0], folds[2], folds[4]], "run")
    with pytest.raises(ValueError, match="no fold in it"):
        ordered_run([], "run")
    other_run = replace(folds[1], description={**folds[1].description, "seed": 1})
    with pytest.raises(ValueError, match=r"different runs \(seed differs"):
        ordered_run([folds[0], other_run, *folds[2:]], "run")
    same_people = replace(folds[1], frames=folds[0].frames, trained=(), validated=())
    with pytest.raises(ValueError, match="tested in two folds"):
        ordered_run([folds[0], same_people, *folds[2:]], "run")


def test_frames_tested_twice_and_people_in_training_and_test_are_rejected(run):
    folds = run()
    same = replace(folds[1].frames, frame=np.repeat(folds[1].frames.frame[::2], 2))
    with pytest.raises(ValueError, match="fold 2 tests a frame twice"):
        ordered_run([folds[0], replace(folds[1], frames=same), *folds[2:]], "run")
    for part in ("trained", "validated"):
        leaky = replace(folds[3], **{part: [*getattr(folds[3], part), folds[3].frames.subject[0]]})
        with pytest.raises(ValueError, match="fold 4 tests 003, on whom its model was trained"):
            ordered_run([*folds[:3], leaky, folds[4]], "run")


def test_people_of_two_corpora_may_have_the_same_names(run):
    """Both UNBC-McMaster and another corpus may number their people."""
    fold = run(of=2)[0]
    one = replace(fold, fold_count=1, trained=fold.frames.subject[:1].tolist())
    with pytest.raises(ValueError, match="fold 1 tests 000, on whom its model was trained"):
        ordered_run([replace(one, description={"corpora": {"trained": "a", "tested": "a"}})], "run")
    two = replace(one, description={"corpora": {"trained": "a", "tested": "b"}})
    assert ordered_run([two], "run") == (two,)


def test_a_run_is_read_from_its_folder(run, tmp_path):
    for fold in run()[::-1]:
        (tmp_path / f"fold-{fold.fold}.json").write_text(fold.as_json())
    assert [fold.fold for fold in read_run(tmp_path)] == [1, 2, 3, 4, 5]
    with pytest.raises(FileNotFoundError, match="nowhere: no such folder"):
        read_run(tmp_path / "nowhere")


def test_a_fold_of_another_run_is_rejected(run, tmp_path):
    path = tmp_path / "fold-1.json"
    path.write_text(run(description={"seed": 0})[0].as_json())
    require_same_run(path, {"seed": 0})
    with pytest.raises(ValueError, match=r"fold-1\.json: result of a run with seed 0 \(now 1\)"):
        require_same_run(path, {"seed": 1})
