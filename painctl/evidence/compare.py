"""Paired tests between two runs that predicted the same frames of the same people."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from painctl.evidence.metrics import LEVELS
from painctl.evidence.subjects import SubjectSums
from painctl.runs.draws import draws

SWAPPED = ("PCC", *(f"F1@{level}" for level in LEVELS))


def delong(positive: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[float, float, float]:
    """(AUROC of the first, of the second, two-sided p) for two estimates [N] of the same frames.

    The covariance is of the placement values (DeLong et al., Biometrics 44, 1988), by midranks (Sun & Xu, IEEE Signal
    Process. Lett. 21, 2014). It takes frames to be independent, which frames of one person are not: read p as a lower
    bound. nan where a class has fewer than two frames, and p is 1 where the estimates order all pairs alike.
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
        v10 = (ranks[:m] - rankdata(above)) / n  # of each positive: the share of negatives below it
        v01 = 1 - (ranks[m:] - rankdata(below)) / m  # of each negative: the share of positives above it
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
    """Two-sided p of the difference in each of `SWAPPED`, the runs exchanged person by person.

    Under the null hypothesis either run could have made a person's predictions (Good, Permutation Tests, 2000).
    p = (1 + shuffles as extreme) / (1 + shuffles). Raises ValueError if the runs are not of the same people.
    """
    if not np.array_equal(first.people, second.people):
        raise ValueError("the two runs are not of the same people")
    keep = draws(seed, -1, "permutation").integers(0, 2, (shuffles, len(first.people))).astype(float)
    keep = np.concatenate([np.ones((1, keep.shape[1])), keep])
    both = _beside(first, second)
    one, other = (both.linear(np.hstack(parts)) for parts in ((keep, 1 - keep), (1 - keep, keep)))
    found = {}
    for name in SWAPPED:
        difference = abs(one[name] - other[name])
        extreme = difference[1:] >= difference[0] - 1e-12
        found[name] = float((1 + extreme.sum()) / (1 + shuffles)) if np.isfinite(difference[0]) else float("nan")
    return found


def _beside(first: SubjectSums, second: SubjectSums) -> SubjectSums:
    """2 S people: everybody as the first run sees them, then as the second does."""
    return SubjectSums(
        people=np.concatenate([first.people, second.people]),
        moments=np.concatenate([first.moments, second.moments], axis=-1),
        errors=np.concatenate([first.errors, second.errors]),
        confusion=np.concatenate([first.confusion, second.confusion], axis=-1),
        wins=np.empty(0),  # AUROC of a mixture is not asked for
        classes=np.concatenate([first.classes, second.classes], axis=-1),
    )
