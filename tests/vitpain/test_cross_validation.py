import numpy as np
import pytest

from painctl.evidence.folds import by_index
from painctl.evidence.metrics import thresholds
from painctl.vitpain import cross_validation
from painctl.vitpain.cross_validation import CrossValidation
from painctl.vitpain.inference import predict_source
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import Execution

SHORT = TrainingSettings(epochs=2, batch_size=8, learning_rate=1e-3)


@pytest.fixture
def trained_on(monkeypatch):
    """The people that each training run fitted and validated on, and its model."""
    runs = []
    train = cross_validation.train

    def spy(model, source, validation, *rest):
        runs.append((set(source.subject), set() if validation is None else set(validation.subject), model))
        return train(model, source, validation, *rest)

    monkeypatch.setattr(cross_validation, "train", spy)
    return runs


def folds_of(source, k, build, log=lambda row: None):
    run = CrossValidation(source, "drawn", by_index(source.subject, k), build, SHORT)
    return [run.test_fold(fold, build(), {}, Execution(log=log)) for fold in range(k)]


def test_people_are_tested_with_models_and_thresholds_fitted_on_other_people(tiny, drawn_faces, trained_on):
    source, rows = drawn_faces(list(range(9)), 4), []
    folds = folds_of(source, 3, tiny, rows.append)
    assert sorted(np.concatenate([fold.frames.frame for fold in folds])) == sorted(source.names)
    for fold, (fitted, validated, model) in zip(folds, trained_on, strict=True):
        tested = set(fold.frames.subject.astype(int))
        assert not tested & (fitted | validated)
        assert not fitted & validated
        assert tested | fitted | validated == set(range(9))
        assert (fold.trained, fold.validated) == ([str(p) for p in sorted(fitted)], [str(p) for p in sorted(validated)])
        others = np.flatnonzero(~np.isin(source.subject, list(tested)))
        cuts = thresholds(source.pspi[others], predict_source(model, source, others).pspi)
        assert fold.cuts == pytest.approx(cuts, rel=1e-4)
        rows_tested = [source.names.index(name) for name in fold.frames.frame]
        predictions = predict_source(model, source, rows_tested)
        assert fold.frames.estimate == pytest.approx(predictions.pspi, rel=1e-4)
        assert fold.frames.probability["1"] == pytest.approx(predictions.probability[1], rel=1e-3)
        assert fold.frames.pspi.tolist() == source.pspi[rows_tested].tolist()
        assert fold.frames.groups["parity"].tolist() == source.groups["parity"][rows_tested].tolist()
    assert [row["epoch"] for row in rows] == [1, 2] * 3


def test_the_same_seed_gives_the_same_predictions(tiny, drawn_faces):
    source = drawn_faces([1, 2, 3], 4)
    runs = [folds_of(source, 3, tiny) for _ in range(2)]
    for first, second in zip(*runs, strict=True):
        assert first.as_json() == second.as_json()
