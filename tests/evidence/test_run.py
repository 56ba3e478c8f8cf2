import json
from dataclasses import replace

import numpy as np
import pytest

from painctl.evidence.run import complete, read_fold


def test_a_fold_survives_its_file(run):
    fold = run()[2]
    again = read_fold(fold.as_json(), "fold-3.json")
    assert (again.fold, again.of, again.about, again.cuts) == (3, 5, fold.about, fold.cuts)
    assert (again.trained, again.validated) == (fold.trained, fold.validated)
    for name in ("frame", "subject", "pspi", "estimate", "decided"):
        assert np.array_equal(getattr(again.frames, name), getattr(fold.frames, name))
    assert np.array_equal(again.frames.groups["age_group"], fold.frames.groups["age_group"])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda record: record.update(format="other"), "format 'other'"),
        (lambda record: record.pop("cuts"), "cuts"),
        (lambda record: record["frames"]["pspi"].pop(), "differ in length"),
        (lambda record: record["frames"]["estimate"].__setitem__(0, float("nan")), "no number"),
        (lambda record: record["frames"]["pspi"].__setitem__(0, "a"), "could not convert"),
        (lambda record: record["cuts"].pop("2"), "KeyError"),
    ],
)
def test_a_file_that_is_no_fold_is_named(run, change, word):
    record = json.loads(run()[0].as_json())
    change(record)
    with pytest.raises(ValueError, match=rf"fold-1\.json: not a fold .*{word}"):
        read_fold(json.dumps(record), "fold-1.json")


def test_what_is_no_json_is_named():
    with pytest.raises(ValueError, match=r"x\.json: not a fold"):
        read_fold("{", "x.json")


def test_folds_are_put_in_order_and_checked(run):
    folds = run()
    assert [fold.fold for fold in complete(folds[::-1], "run")] == [1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="no fold 2, 4 of 5"):
        complete([folds[0], folds[2], folds[4]], "run")
    with pytest.raises(ValueError, match="no fold in it"):
        complete([], "run")
    other = replace(folds[1], about={**folds[1].about, "seed": 1})
    with pytest.raises(ValueError, match=r"different runs \(seed differs"):
        complete([folds[0], other, *folds[2:]], "run")
    twice = replace(folds[1], frames=folds[0].frames, trained=(), validated=())
    with pytest.raises(ValueError, match="tested in two folds"):
        complete([folds[0], twice, *folds[2:]], "run")


def test_a_frame_tested_twice_and_a_person_who_trained_are_refused(run):
    folds = run()
    same = replace(folds[1].frames, frame=np.repeat(folds[1].frames.frame[::2], 2))
    with pytest.raises(ValueError, match="fold 2 tests a frame twice"):
        complete([folds[0], replace(folds[1], frames=same), *folds[2:]], "run")
    for part in ("trained", "validated"):
        leaky = replace(folds[3], **{part: [*getattr(folds[3], part), folds[3].frames.subject[0]]})
        with pytest.raises(ValueError, match="fold 4 tests 003, who trained its model"):
            complete([*folds[:3], leaky, folds[4]], "run")
