"""Paired tests between two runs that predicted the same frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import norm

from painctl.evidence.metrics import OF_DECISIONS, OF_ESTIMATES, SCORES
from painctl.evidence.report import subject_sums
from painctl.evidence.run import Frames
from painctl.evidence.subjects import SubjectSums
from painctl.runs.draws import draws

PERMUTED = (*OF_ESTIMATES, *OF_DECISIONS)  # the scores that the permutation test covers


def compare_runs(first: Frames, second: Frames, seed: int = 0) -> dict[str, dict[str, Any]]:
    """For each score over all frames: its value in the `first` and `second` run, the p value, and the test's name.

    AUROC is tested by `delong`, the scores in `PERMUTED` by `permutation`; AUPRC has neither p nor test. Frames are
    matched by name. Raises ValueError if the runs are not of the same frames, subjects and labels.
    """
    first, second = _sorted_by_name(first), _sorted_by_name(second)
    for column in ("frame", "subject", "pspi"):
        if not np.array_equal(getattr(first, column), getattr(second, column)):
            raise ValueError(f"the runs did not predict the same frames ({column} differs)")
    sums = subject_sums(first), subject_sums(second)
    pooled = sums[0].pooled(), sums[1].pooled()
    permuted = permutation(*sums, seed)
    rows: dict[str, dict[str, Any]] = {}
    for name in SCORES:
        test, p = ("permutation of people", permuted[name]) if name in permuted else (None, None)
        if name.startswith("AUROC@"):
            test, p = "DeLong", delong(first.pspi >= int(name[-1]), first.estimate, second.estimate)[2]
        rows[name] = {"first": pooled[0][name], "second": pooled[1][name], "p": p, "test": test}
    return rows


def delong(positive: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[float, float, float]:
    """(AUROC of the first, of the second, two-sided p) for two estimates [N] of the same frames.

    The covariance is that of the placement values (DeLong et al., Biometrics 44, 1988), computed by midranks (Sun &
    Xu, IEEE Signal Process. Lett. 21, 2014). The test assumes independent frames, which frames of one person are not:
    read p as a lower bound. All are nan if a class has fewer than two frames; p is 1 if the estimates order all pairs
    alike.
    """
    from scipy.stats import rankdata

    positive = np.asarray(positive, bool)
    m, n = int(positive.sum()), int((~positive).sum())
    if min(m, n) < 2:
        return float("nan"), float("nan"), float("nan")
    areas, over_negatives, over_positives = [], [], []
    for estimate in (first, second):
        above, below = np.asarray(estimate)[positive], np.asarray(estimate)[~positive]
        ranks = rankdata(np.concatenate([above, below]))
        v10 = (ranks[:m] - rankdata(above)) / n  # for each positive, the share of negatives below it
        v01 = 1 - (ranks[m:] - rankdata(below)) / m  # for each negative, the share of positives above it
        areas.append(v10.mean())
        over_negatives.append(v10)
        over_positives.append(v01)
    covariance = np.cov(over_negatives) / m + np.cov(over_positives) / n
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    difference = areas[0] - areas[1]
    if variance <= 1e-16:
        return float(areas[0]), float(areas[1]), 1.0 if abs(difference) < 1e-12 else 0.0
    return float(areas[0]), float(areas[1]), float(2 * norm.sf(abs(difference) / np.sqrt(variance)))


def permutation(first: SubjectSums, second: SubjectSums, seed: int, shuffles: int = 10_000) -> dict[str, float]:
    """Two-sided p of the difference in each of `PERMUTED`, with the runs exchanged person by person.

    Under the null hypothesis either run could have made a person's predictions (Good, Permutation Tests, 2000).
    p = (1 + shuffles at least as extreme) / (1 + shuffles). Raises ValueError if the people differ.
    """
    if not np.array_equal(first.people, second.people):
        raise ValueError("the two runs did not test the same people")
    keep = draws(seed, -1, "permutation").integers(0, 2, (shuffles, len(first.people))).astype(float)
    keep = np.concatenate([np.ones((1, keep.shape[1])), keep])
    stacked = _stacked(first, second)
    mixed = [stacked.linear_scores(np.hstack(parts)) for parts in ((keep, 1 - keep), (1 - keep, keep))]
    p_values = {}
    for name in PERMUTED:
        difference = abs(mixed[0][name] - mixed[1][name])
        extreme = difference[1:] >= difference[0] - 1e-12
        p_values[name] = float((1 + extreme.sum()) / (1 + shuffles)) if np.isfinite(difference[0]) else float("nan")
    return p_values


def _sorted_by_name(frames: Frames) -> Frames:
    order = np.argsort(frames.frame)
    columns = {name: getattr(frames, name)[order] for name in ("frame", "subject", "pspi", "estimate")}
    return replace(
        frames, **columns, decisions=frames.decisions[:, order], probability={}, aus={}, labels={}, groups={}
    )


def _stacked(first: SubjectSums, second: SubjectSums) -> SubjectSums:
    """2 S people: all people with the first run's predictions, then with the second's."""
    people, moments, errors, confusion = (
        np.concatenate([getattr(first, name), getattr(second, name)], axis=-1)
        for name in ("people", "moments", "errors", "confusion")
    )
    return SubjectSums(people, first.levels, moments, errors, confusion)
