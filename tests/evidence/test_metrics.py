import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from painctl.evidence.metrics import SCORES, pearson, summary, thresholds


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


def test_undefined_scores_are_not_averaged():
    undefined, defined = dict.fromkeys(SCORES, float("nan")), dict.fromkeys(SCORES, 1.0)
    assert summary([undefined, defined, defined]) == dict.fromkeys(SCORES, (1.0, 0.0, 2))
    assert np.isnan(summary([undefined])["PCC"][0])


def test_the_summary_is_mean_and_sample_deviation():
    rows = [dict.fromkeys(SCORES, value) for value in (0.2, 0.5, 0.9)]
    mean, deviation, count = summary(rows)["F1@2"]
    assert (mean, deviation, count) == (pytest.approx(np.mean([0.2, 0.5, 0.9])), np.std([0.2, 0.5, 0.9], ddof=1), 3)


def test_the_correlation_is_numpys_and_undefined_for_a_constant():
    rng = np.random.default_rng(0)
    pspi, estimate = rng.integers(0, 17, 30), rng.normal(0, 4, 30)
    assert pearson(pspi, estimate) == pytest.approx(np.corrcoef(pspi, estimate)[0, 1])
    assert np.isnan(pearson(np.ones(3), np.arange(3)))
