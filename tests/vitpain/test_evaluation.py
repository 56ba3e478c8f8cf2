import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painctl.vitpain import evaluation
from painctl.vitpain.evaluation import Subset, cross_validate, inner_split
from painctl.vitpain.inference import predict_source
from painctl.vitpain.metrics import NAMES, scores, summary, thresholds
from painctl.vitpain.settings import Settings

SHORT = Settings(epochs=2, batch_size=8, learning_rate=1e-3)


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


def test_nobody_is_tested_by_what_has_seen_them(tiny, drawn_faces, trained_on):
    source, rows = drawn_faces(list(range(9)), 4), []
    found = cross_validate(source, tiny, SHORT, k=3, log=rows.append)
    assert sorted(np.concatenate([fold.rows for fold in found.folds])) == list(range(len(source)))
    for fold, (fitted, validated, model) in zip(found.folds, trained_on, strict=True):
        tested = set(source.subject[fold.rows])
        assert not tested & (fitted | validated)
        assert not fitted & validated
        assert tested | fitted | validated == set(range(9))
        others = np.flatnonzero(~np.isin(source.subject, list(tested)))
        cuts = thresholds(source.pspi[others], predict_source(model, source, others).pspi)
        assert fold.thresholds == pytest.approx(cuts, rel=1e-4)
        assert fold.scores == scores(source.pspi[fold.rows], fold.predictions.pspi, fold.thresholds)
    assert [(row["fold"], row["epoch"]) for row in rows] == [(f, e) for f in (1, 2, 3) for e in (1, 2)]
    assert found.summary == summary([fold.scores for fold in found.folds])
    assert set(found.summary) == set(NAMES)


def test_same_seed_same_predictions(tiny, drawn_faces):
    source = drawn_faces([1, 2, 3], 4)
    runs = [cross_validate(source, tiny, SHORT, k=3).folds for _ in range(2)]
    for first, second in zip(*runs, strict=True):
        assert np.array_equal(first.predictions.aus, second.predictions.aus)


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1))
def test_inner_split_is_by_person(people):
    subjects = np.array(people)
    fitted, validated = inner_split(subjects, np.arange(len(subjects)))
    assert sorted([*fitted, *validated]) == list(range(len(subjects)))
    assert not set(subjects[fitted]) & set(subjects[validated])
    assert len(fitted)
    assert bool(len(validated)) is (len(set(people)) >= 3)


def test_subset_is_a_source_of_its_rows(drawn_faces):
    source = drawn_faces([1, 2], 3)
    part = Subset(source, np.array([5, 1]))
    assert (len(part), part.subject.tolist()) == (2, [2, 1])
    assert np.array_equal(part.picture(0), source.picture(5))
    assert part.neutrals(1) == source.neutrals(1)
    assert np.array_equal(part.neutral(6), source.neutral(6))
    assert part.names == ["2/5", "1/1"]
    assert part.groups["parity"].tolist() == ["even", "odd"]
    assert np.array_equal(part.aus, source.aus[[5, 1]])
    assert np.array_equal(part.pspi, source.pspi[[5, 1]])
