import json
from dataclasses import replace

import numpy as np
import pytest

from painctl.evidence.run import ordered_run, read_fold, read_run, require_same_run


def test_a_fold_is_read_as_written(run):
    fold = run()[2]
    reread = read_fold(fold.as_json(), "fold-3.json")
    assert (reread.fold, reread.fold_count, reread.description, reread.cuts) == (3, 5, fold.description, fold.cuts)
    assert (reread.trained, reread.validated) == (fold.trained, fold.validated)
    for name in ("frame", "subject", "pspi", "estimate", "decisions"):
        assert np.array_equal(getattr(reread.frames, name), getattr(fold.frames, name))
    assert np.array_equal(reread.frames.groups["age_group"], fold.frames.groups["age_group"])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda record: record.update(format="other"), "format 'other'"),
        (lambda record: record.pop("cuts"), "cuts"),
        (lambda record: record["frames"]["pspi"].pop(), "differ in length"),
        (lambda record: record["frames"]["estimate"].__setitem__(0, float("nan")), "NaN or infinity"),
        (lambda record: record["frames"]["pspi"].__setitem__(0, "a"), "could not convert"),
        (lambda record: record["cuts"].pop("2"), "KeyError"),
    ],
)
def test_a_file_that_is_not_a_fold_is_rejected(run, change, word):
    record = json.loads(run()[0].as_json())
    change(record)
    with pytest.raises(ValueError, match=rf"fold-1\.json: not a fold .*{word}"):
        read_fold(json.dumps(record), "fold-1.json")


def test_a_file_that_is_not_json_is_rejected():
    with pytest.raises(ValueError, match=r"x\.json: not a fold"):
        read_fold("{", "x.json")


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
