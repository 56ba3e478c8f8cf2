import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, roc_auc_score

from painctl.evidence.metrics import LEVELS, NAMES, pearson, scores, summary, thresholds


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000))
def test_scores_against_sklearn_and_numpy(seed):
    rng = np.random.default_rng(seed)
    pspi = np.concatenate([[0, 1, 2, 3], rng.integers(0, 17, 30)])
    estimate = pspi + rng.normal(0, 4, len(pspi))
    cuts = {1: 0.7, 2: 1.4, 3: 2.9}
    values = scores(pspi, estimate, cuts)
    for level in LEVELS:
        assert values[f"F1@{level}"] == f1_score(pspi >= level, estimate >= cuts[level])
        assert values[f"AUROC@{level}"] == roc_auc_score(pspi >= level, estimate)
    assert values["PCC"] == pytest.approx(np.corrcoef(pspi, estimate)[0, 1])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 8)), min_size=1))
def test_the_threshold_has_the_best_f1(pairs):
    pspi, estimate = np.array(pairs).T
    for level, cut in thresholds(pspi, estimate).items():
        positive = pspi >= level
        if positive.all() or not positive.any():
            assert cut == level - 0.5
            continue
        tried = [f1_score(positive, estimate >= threshold) for threshold in np.unique(estimate)]
        assert f1_score(positive, estimate >= cut) == pytest.approx(max(tried))


def test_undefined_scores_are_nan_and_not_averaged():
    undefined = scores(np.zeros(4, int), np.arange(4.0), dict.fromkeys(LEVELS, 0.5))
    assert all(np.isnan(value) for value in undefined.values())
    defined = scores(np.arange(4), np.array([0.0, 1, 2, 3]), {1: 0.5, 2: 1.5, 3: 2.5})
    assert set(defined.values()) == {1.0}
    table = summary([undefined, defined, defined])
    assert table == dict.fromkeys(NAMES, (1.0, 0.0, 2))
    assert np.isnan(summary([undefined])["PCC"][0])


def test_the_summary_is_mean_and_sample_deviation():
    rows = [dict.fromkeys(NAMES, value) for value in (0.2, 0.5, 0.9)]
    mean, deviation, count = summary(rows)["F1@2"]
    assert (mean, deviation, count) == (pytest.approx(np.mean([0.2, 0.5, 0.9])), np.std([0.2, 0.5, 0.9], ddof=1), 3)


def test_the_correlation_of_a_constant_is_undefined():
    assert np.isnan(pearson(np.ones(3), np.arange(3)))
