import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    mean_absolute_error,
    mean_squared_error,
    roc_auc_score,
)

from painctl.evidence.metrics import LEVELS, OF_RANKING, SCORES, pearson
from painctl.evidence.subjects import SubjectSums, bootstrap


def frames(seed=0, people=7, frames=300, skill=1.0):
    rng = np.random.default_rng(seed)
    subject = rng.integers(0, people, frames)
    pspi = np.maximum(0, rng.integers(-4, 9, frames))
    estimate = np.round(skill * pspi + rng.normal(0, 2, frames) + 0.3 * subject, 1)  # rounded: ties
    decisions = np.stack([estimate >= level - 0.2 for level in LEVELS])
    return subject, pspi, estimate, decisions


def by_sklearn(subject, pspi, estimate, decisions):
    """The same scores by scikit-learn, ICC(3,1) by analysis of variance, and CCC as Lin defines it."""
    table = np.stack([pspi, estimate], axis=1)
    mean, rows, raters = table.mean(), table.mean(axis=1), table.mean(axis=0)
    between = 2 * ((rows - mean) ** 2).sum() / (len(table) - 1)
    residual = ((table - rows[:, None] - raters + mean) ** 2).sum() / (len(table) - 1)
    scores = {
        "PCC": pearson(pspi, estimate),
        "CCC": 1 - np.mean((pspi - estimate) ** 2) / (np.var(pspi) + np.var(estimate) + np.diff(raters)[0] ** 2),
        "ICC(3,1)": (between - residual) / (between + residual),
        "MAE": mean_absolute_error(pspi, estimate),
        "MSE": mean_squared_error(pspi, estimate),
        "RMSE": np.sqrt(mean_squared_error(pspi, estimate)),
    }
    for level, predicted in zip(LEVELS, decisions, strict=True):
        scores[f"F1@{level}"] = f1_score(pspi >= level, predicted)
        scores[f"BA@{level}"] = balanced_accuracy_score(pspi >= level, predicted)
        scores[f"AUROC@{level}"] = roc_auc_score(pspi >= level, estimate)
        scores[f"AUPRC@{level}"] = average_precision_score(pspi >= level, estimate)
    return scores


def test_scores_from_sums_equal_those_from_frames():
    table = frames()
    scores = SubjectSums.of(*table).pooled()
    assert set(scores) == {*SCORES, "MSE"}
    assert scores == pytest.approx(by_sklearn(*table), abs=1e-10)


def test_weights_equal_repeated_people():
    subject, pspi, estimate, decisions = frames(1)
    weights = np.array([[2.0, 0, 1, 3, 0, 1, 1], [0, 1, 1, 1, 4, 0, 0]])
    scores = SubjectSums.of(subject, pspi, estimate, decisions).scores(weights)
    for row, counts in enumerate(weights):
        rows = np.concatenate([np.tile(np.flatnonzero(subject == s), int(count)) for s, count in enumerate(counts)])
        expected = by_sklearn(subject[rows], pspi[rows], estimate[rows], decisions[:, rows])
        assert {name: values[row] for name, values in scores.items()} == pytest.approx(expected, abs=1e-10)


def test_undefined_scores_are_nan():
    subject = np.array([0, 0, 1])
    scores = SubjectSums.of(subject, np.zeros(3), np.full(3, 0.1), np.zeros((3, 3), bool)).pooled()
    assert np.isnan([scores[name] for name in ("PCC", "CCC", "ICC(3,1)", "F1@1", "BA@2", *OF_RANKING)]).all()
    assert [scores["MAE"], scores["RMSE"]] == pytest.approx([0.1, 0.1])
    constant = SubjectSums.of(subject, np.arange(3), np.full(3, 0.1), np.zeros((3, 3), bool)).pooled()
    assert (constant["CCC"], constant["ICC(3,1)"]) == (0, 0)
    assert np.isnan(constant["PCC"])


def test_concordance_is_that_of_lins_closed_forms():
    """1 for equal values; PCC over a correction for the scale u and the offset v: 2 / (u + 1/u + v^2)."""
    subject, pspi = np.arange(40) % 4, np.random.default_rng(3).integers(0, 17, 40)

    def concordance(estimate):
        return SubjectSums.of(subject, pspi, estimate, np.zeros((3, 40), bool), ranked=False).pooled()["CCC"]

    assert concordance(pspi) == pytest.approx(1)
    scale, offset = 0.5, 3.0
    v = (pspi.mean() - (scale * pspi + offset).mean()) / (pspi.std() * np.sqrt(scale))
    assert concordance(scale * pspi + offset) == pytest.approx(2 / (scale + 1 / scale + v**2))
    assert concordance(-pspi) == pytest.approx(-1 / (1 + (pspi.mean() / pspi.std()) ** 2 * 2))


def test_areas_of_many_samples_are_computed_in_parts(monkeypatch):
    sums = SubjectSums.of(*frames(4))
    weights = np.random.default_rng(5).integers(0, 3, (30, len(sums.people))).astype(float)
    expected = sums.scores(weights)["AUPRC@2"]
    monkeypatch.setattr("painctl.evidence.ranking._CHUNK", 1000)
    assert np.array_equal(sums.scores(weights)["AUPRC@2"], expected, equal_nan=True)


def test_intervals_have_about_their_nominal_coverage():
    """Of 100 studies of 24 people, the interval of the MAE should hold its true value in about 95."""
    covered = 0
    for study in range(100):
        rng = np.random.default_rng([7, study])
        subject = np.repeat(np.arange(24), 12)
        error = rng.gamma(4, 0.5, 24)[subject]  # each person has their own error, 2 on average
        pspi = rng.integers(0, 9, len(subject))
        sums = SubjectSums.of(subject, pspi, pspi + error, np.zeros((3, len(subject)), bool))
        low, high = bootstrap(sums, study, 400)["MAE"]
        covered += low <= 2.0 <= high
    assert 86 <= covered <= 99


def test_intervals_are_seeded_and_wider_for_fewer_people():
    sums = SubjectSums.of(*frames(2, people=20))
    assert bootstrap(sums, 3) == bootstrap(sums, 3)
    assert bootstrap(sums, 3) != bootstrap(sums, 4)
    few = SubjectSums.of(*frames(2, people=5))
    for name in ("PCC", "MAE"):
        (low, high), (lowest, highest) = bootstrap(sums, 0)[name], bootstrap(few, 0)[name]
        assert low < sums.pooled()[name] < high
        assert highest > lowest


def test_the_scores_of_one_person_have_no_interval():
    sums = SubjectSums.of(*frames(2, people=1))
    assert np.isnan(list(bootstrap(sums, 0).values())).all()
    assert set(bootstrap(sums, 0)) == set(sums.pooled())
