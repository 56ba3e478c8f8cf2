from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from painctl.evidence.compare import PERMUTED, compare_runs, delong, permutation
from painctl.evidence.metrics import LEVELS, SCORES
from painctl.evidence.run import Frames
from painctl.evidence.subjects import SubjectSums


def by_definition(positive, first, second):
    """The difference and DeLong's variance, from the matrix of pairs as in the paper."""
    values = []
    for estimate in (first, second):
        above, below = estimate[positive][:, None], estimate[~positive][None]
        won = (above > below) + 0.5 * (above == below)
        values.append((won.mean(), won.mean(axis=1), won.mean(axis=0)))
    s10 = np.cov([value[1] for value in values]) / positive.sum()
    s01 = np.cov([value[2] for value in values]) / (~positive).sum()
    contrast = np.array([1, -1])
    return values[0][0] - values[1][0], contrast @ (s10 + s01) @ contrast


def test_delong_is_the_papers_formula():
    from scipy.stats import norm

    rng = np.random.default_rng(0)
    positive = rng.random(200) < 0.3
    first = np.round(positive + rng.normal(0, 1, 200), 1)
    second = np.round(0.4 * positive + 0.5 * first + rng.normal(0, 0.6, 200), 1)
    a, b, p = delong(positive, first, second)
    assert (a, b) == pytest.approx([roc_auc_score(positive, estimate) for estimate in (first, second)])
    difference, variance = by_definition(positive, first, second)
    assert p == pytest.approx(2 * norm.sf(abs(difference) / np.sqrt(variance)))


def test_delong_rejects_a_true_null_at_its_nominal_rate():
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(300):
        positive = np.arange(120) < 50
        shared = rng.normal(0, 1, 120) + 0.8 * positive
        rejected += delong(positive, shared + rng.normal(0, 1, 120), shared + rng.normal(0, 1, 120))[2] < 0.05
    assert 5 <= rejected <= 28  # 15 expected


def test_delong_of_equal_estimates_and_of_too_few_frames():
    positive, estimate = np.array([True, True, False, False]), np.array([3.0, 1, 2, 0])
    assert delong(positive, estimate, estimate)[2] == 1
    assert np.isnan(delong(np.array([True, False, False]), estimate[:3], estimate[:3])).all()


def sums(skill, seed, people=6):
    rng = np.random.default_rng(seed)
    subject = np.repeat(np.arange(people), 20)
    pspi = np.maximum(0, np.random.default_rng(9).integers(-4, 9, len(subject)))
    estimate = skill * pspi + rng.normal(0, 3, len(subject))
    return SubjectSums.of(subject, pspi, estimate, np.stack([estimate >= level - 0.5 for level in LEVELS]))


def test_permutation_is_the_share_of_all_exchanges():
    """Against all 2^6 ways to exchange six people."""
    first, second = sums(1.0, 1), sums(0.6, 2)
    p_values = permutation(first, second, 0, 20_000)
    assert permutation(second, first, 0, 20_000) == pytest.approx(p_values, abs=0.006)  # two-sided
    exchanges = np.array(list(product((0.0, 1.0), repeat=6)))
    for name in PERMUTED:
        differences = []
        for exchange in exchanges:
            mixtures = []
            for w in (exchange, 1 - exchange):
                parts = [
                    np.concatenate(
                        [getattr(part, field)[..., pick == 1] for part, pick in ((first, w), (second, 1 - w))], -1
                    )
                    for field in ("people", "moments", "errors", "confusion")
                ]
                mixtures.append(SubjectSums(parts[0], LEVELS, *parts[1:]).pooled()[name])
            differences.append(abs(mixtures[0] - mixtures[1]))
        exact = np.mean(np.array(differences) >= differences[-1] - 1e-12)
        assert p_values[name] == pytest.approx(exact, abs=0.006)


def test_a_better_run_differs_from_a_worse_one_and_equal_runs_do_not():
    assert permutation(sums(1.5, 1, 12), sums(0.1, 2, 12), 0)["PCC"] < 0.01
    same = permutation(sums(1.0, 1, 12), sums(1.0, 1, 12), 0)
    assert same == dict.fromkeys(PERMUTED, 1.0)


def test_runs_of_different_people_are_rejected():
    with pytest.raises(ValueError, match="same people"):
        permutation(sums(1, 1, 5), sums(1, 1, 6), 0)


def joined(folds):
    return Frames.joined([fold.frames for fold in folds])


def test_runs_are_matched_by_frame_name_and_each_score_has_its_test(run):
    first, second = joined(run(1.0)), joined(run(0.4, seed=1)[::-1])
    rows = compare_runs(first, second)
    assert {row["test"] for name, row in rows.items() if name.startswith("AUROC")} == {"DeLong"}
    assert {rows[name]["test"] for name in PERMUTED} == {"permutation of people"}
    assert tuple(rows) == SCORES
    assert rows["AUPRC@1"]["test"] is rows["AUPRC@1"]["p"] is None
    assert rows["PCC"]["first"] > rows["PCC"]["second"]
    swapped = compare_runs(second, first)
    assert swapped["AUROC@2"]["first"] == rows["AUROC@2"]["second"]
    assert swapped["AUROC@2"]["p"] == pytest.approx(rows["AUROC@2"]["p"])


def test_runs_on_different_frames_are_rejected(run):
    first = joined(run())
    for column in ("frame", "subject", "pspi"):
        values = getattr(first, column).copy()
        values[0] = "x" if values.dtype.kind == "U" else 16
        with pytest.raises(ValueError, match=rf"did not predict the same frames \((frame|{column}) differs\)"):
            compare_runs(first, replace(first, **{column: values}))
