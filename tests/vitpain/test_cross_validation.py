import numpy as np
import pytest

from painctl.evidence.folds import by_index
from painctl.evidence.metrics import thresholds
from painctl.vitpain import evaluation
from painctl.vitpain.evaluation import run_fold
from painctl.vitpain.inference import predict_source
from painctl.vitpain.settings import TrainingSettings

SHORT = TrainingSettings(epochs=2, batch_size=8, learning_rate=1e-3)


@pytest.fixture
def trained_on(monkeypatch):
    """The people that each training run fitted and validated on."""
    seen = []
    train = evaluation.train

    def spy(model, source, validation, *rest):
        seen.append((set(source.subject), set() if validation is None else set(validation.subject), model))
        return train(model, source, validation, *rest)

    monkeypatch.setattr(evaluation, "train", spy)
    return seen


def folds_of(source, k, build, log=lambda row: None):
    fold_of = by_index(source.subject, k)
    return [run_fold(source, fold_of, fold, build(), SHORT, {}, log) for fold in range(k)]


def test_nobody_is_tested_by_what_has_seen_them(tiny, drawn_faces, trained_on):
    source, rows = drawn_faces(list(range(9)), 4), []
    found = folds_of(source, 3, tiny, rows.append)
    assert sorted(np.concatenate([fold.frames.frame for fold in found])) == sorted(source.names)
    for fold, (fitted, validated, model) in zip(found, trained_on, strict=True):
        tested = set(fold.frames.subject.astype(int))
        assert not tested & (fitted | validated)
        assert not fitted & validated
        assert tested | fitted | validated == set(range(9))
        assert (fold.trained, fold.validated) == ([str(p) for p in sorted(fitted)], [str(p) for p in sorted(validated)])
        others = np.flatnonzero(~np.isin(source.subject, list(tested)))
        cuts = thresholds(source.pspi[others], predict_source(model, source, others).pspi)
        assert fold.cuts == pytest.approx(cuts, rel=1e-4)
        rows_tested = [source.names.index(name) for name in fold.frames.frame]
        said = predict_source(model, source, rows_tested)
        assert fold.frames.estimate == pytest.approx(said.pspi, rel=1e-4)
        assert fold.frames.probability["1"] == pytest.approx(said.probability[1], rel=1e-3)
        assert fold.frames.pspi.tolist() == source.pspi[rows_tested].tolist()
        assert fold.frames.groups["parity"].tolist() == source.groups["parity"][rows_tested].tolist()
    assert [row["epoch"] for row in rows] == [1, 2] * 3


def test_same_seed_same_predictions(tiny, drawn_faces):
    source = drawn_faces([1, 2, 3], 4)
    runs = [folds_of(source, 3, tiny) for _ in range(2)]
    for first, second in zip(*runs, strict=True):
        assert first.as_json() == second.as_json()
