import numpy as np
import pytest

from painctl.evidence.folds import by_index, inner_split
from painctl.evidence.metrics import thresholds
from painctl.vitpain import cross_validation
from painctl.vitpain.cross_validation import CrossValidation
from painctl.vitpain.fold_plan import Whole, across, within
from painctl.vitpain.inference import predict_source
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.sources import Subset
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
    run = CrossValidation(within(source, "drawn", by_index(source.subject, k)), build, SHORT)
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
        assert fold.frames.labels["AU4"].tolist() == source.aus[rows_tested, 0].tolist()
        assert fold.median == np.median(source.pspi[others])
    assert [row["epoch"] for row in rows] == [1, 2] * 3


def test_the_same_seed_gives_the_same_predictions(tiny, drawn_faces):
    source = drawn_faces([1, 2, 3], 4)
    runs = [folds_of(source, 3, tiny) for _ in range(2)]
    for first, second in zip(*runs, strict=True):
        assert first.as_json() == second.as_json()


def test_across_datasets_a_model_of_one_predicts_the_other(tiny, drawn_faces):
    """The fold is that of training on one dataset and predicting the other, step by step."""
    source, other = drawn_faces(list(range(6)), 4), drawn_faces([4, 5, 20, 21], 3)  # two names are of other people
    run = CrossValidation(across(Whole(source, "a", "first"), Whole(other, "b", "second")), tiny, SHORT)
    fold = run.test_fold(0, tiny(), {}, Execution())
    fit, validation = inner_split(source.subject, np.arange(len(source)))
    model = cross_validation.train(tiny(), Subset(source, fit), Subset(source, validation), SHORT)
    predictions = predict_source(model, other)
    assert fold.frames.estimate.tolist() == predictions.pspi.tolist()
    assert fold.frames.aus["AU9"].tolist() == predictions.aus[:, 3].tolist()
    assert fold.frames.frame.tolist() == [*other.names]
    assert fold.cuts == thresholds(source.pspi[validation], predict_source(model, source, validation).pspi)
    assert fold.median == np.median(source.pspi)
    assert (fold.fold, fold.fold_count, len(fold.trained), fold.validated) == (1, 1, 5, ["2"])
    few = across(Whole(drawn_faces([1, 2], 2), "a", ""), Whole(other, "b", "")).splits[0]
    assert not len(few.validated)
    assert few.threshold is few.fitted


def test_frames_and_units_without_labels_are_not_scored(tiny, drawn_faces):
    """A corpus may label some of the units only, or some of the frames."""
    source = drawn_faces([1, 2, 3], 4)
    source.aus = source.aus.astype(float)
    source.aus[:, 4] = np.nan
    source.aus[0, 0] = np.nan
    labels = cross_validation._unit_labels(source)
    assert [*labels] == ["AU4", "AU6", "AU7", "AU9", "AU43"]
    assert np.isnan(labels["AU4"]).tolist() == [True] + [False] * (len(source) - 1)
