"""Scores of any mixture of people, from sums that each person contributes once.

PCC, MAE, ICC, F1 and AUROC of pooled frames are functions of sums over people; an AUROC, of sums over pairs of people.
With those sums at hand a resample of people is a vector of weights, and thousands of them a matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from painctl.evidence.metrics import LEVELS

POOLED: Final = (
    "PCC",
    "ICC(3,1)",
    "MAE",
    *(f"F1@{level}" for level in LEVELS),
    *(f"AUROC@{level}" for level in LEVELS),
)


@dataclass(frozen=True, eq=False)
class SubjectSums:
    """Sums over the frames of each of S people, for L levels."""

    people: np.ndarray  # [S], sorted
    moments: np.ndarray  # float64 [6, S]: n, sum x, sum y, sum x^2, sum y^2, sum xy; x the truth, y the estimate
    errors: np.ndarray  # float64 [S], sum |x - y|
    confusion: np.ndarray  # float64 [L, 3, S]: true positives, false positives, false negatives
    wins: np.ndarray  # float64 [L, S, S]: pairs of a positive frame of one and a negative of another, rightly ordered
    classes: np.ndarray  # float64 [L, 2, S]: positive and negative frames

    @classmethod
    def of(cls, subject: np.ndarray, pspi: np.ndarray, estimate: np.ndarray, decided: np.ndarray) -> SubjectSums:
        """From frames: who [N], PSPI [N], its estimate [N], and whether it was called pain, bool [L, N]."""
        people, index = np.unique(subject, return_inverse=True)
        x, y = np.asarray(pspi, float), np.asarray(estimate, float)

        def total(values: np.ndarray) -> np.ndarray:
            return np.bincount(index, values, len(people))

        positive = np.stack([x >= level for level in LEVELS])
        return cls(
            people=people,
            moments=np.stack([total(values) for values in (np.ones_like(x), x, y, x * x, y * y, x * y)]),
            errors=total(abs(x - y)),
            confusion=np.stack(
                [
                    [total(said & true), total(said & ~true), total(~said & true)]
                    for said, true in zip(decided, positive, strict=True)
                ]
            ),
            wins=np.stack([_wins(index, len(people), y, true) for true in positive]),
            classes=np.stack([[total(true), total(~true)] for true in positive]),
        )

    def scores(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """The `POOLED` scores of B mixtures in which person s counts weights[b, s] times: [B] each, nan if undefined.

        AUROC is the share of (positive, negative) pairs of frames that the estimate orders rightly, a tie counting
        half; the others as in `linear`.
        """
        found = self.linear(weights)
        for row, level in enumerate(LEVELS):
            positive, negative = self.classes[row] @ weights.T
            won = ((weights @ self.wins[row]) * weights).sum(axis=1)
            with np.errstate(invalid="ignore"):
                found[f"AUROC@{level}"] = won / (positive * negative)
        return found

    def linear(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Those scores that need no pairs of people: PCC, ICC(3,1), MAE and F1.

        PCC is Pearson's. ICC(3,1) of two raters, truth and estimate, is 2 cov(x, y) / (var x + var y) (two-way mixed,
        consistency, single measure; Shrout & Fleiss, Psychol. Bull. 86, 1979). F1 is of the decisions.
        """
        n, x, y, xx, yy, xy = self.moments @ weights.T
        with np.errstate(invalid="ignore", divide="ignore"):
            cov, var_x, var_y = xy - x * y / n, xx - x * x / n, yy - y * y / n
            tiny = 1e-12 * (xx + yy)  # what rounding leaves of the variance of a constant
            var_x, var_y = np.where(var_x > tiny, var_x, 0), np.where(var_y > tiny, var_y, 0)
            found = {
                "PCC": np.where((var_x > 0) & (var_y > 0), cov / np.sqrt(var_x * var_y), np.nan),
                "ICC(3,1)": 2 * cov / (var_x + var_y),
                "MAE": self.errors @ weights.T / n,
            }
            for row, level in enumerate(LEVELS):
                hit, false, missed = self.confusion[row] @ weights.T
                found[f"F1@{level}"] = np.where(hit + missed > 0, 2 * hit / (2 * hit + false + missed), np.nan)
        return found

    def pooled(self) -> dict[str, float]:
        """The scores of everybody, each once."""
        return {name: float(values[0]) for name, values in self.scores(np.ones((1, len(self.people)))).items()}


def bootstrap(sums: SubjectSums, seed: int, resamples: int = 2000) -> Mapping[str, tuple[float, float]]:
    """95 % percentile intervals of the `POOLED` scores, people drawn with replacement (Efron, Ann. Stat. 7, 1979).

    Frames of one person resemble each other, so people are drawn and not frames. A resample that does not define a
    score is left out of it; nan if none defines it.
    """
    from painctl.runs.draws import draws

    count = len(sums.people)
    weights = draws(seed, -1, "bootstrap").multinomial(count, np.full(count, 1 / count), resamples).astype(float)
    limits = {}
    for name, values in sums.scores(weights).items():
        kept = values[np.isfinite(values)]
        low, high = np.percentile(kept, [2.5, 97.5]) if len(kept) else (np.nan, np.nan)
        limits[name] = float(low), float(high)
    return limits


def _wins(index: np.ndarray, people: int, estimate: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """[S, S]: for each pair of people, the positive frames of the first above the negative ones of the second."""
    wins = np.zeros((people, people))
    above, owner = estimate[positive], index[positive]
    order = np.argsort(index[~positive], kind="stable")
    parts = np.split(estimate[~positive][order], np.cumsum(np.bincount(index[~positive], minlength=people))[:-1])
    for other, below in enumerate(parts):
        ranked = np.sort(below)
        beaten = (np.searchsorted(ranked, above, "left") + np.searchsorted(ranked, above, "right")) / 2
        wins[:, other] = np.bincount(owner, beaten, people)
    return wins
