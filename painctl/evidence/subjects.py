"""Scores of weighted samples of people, from sums over each person's frames.

PCC, MAE, ICC and F1 of pooled frames are functions of sums over people, and AUROC of sums over pairs of people. A
resample of people is then a vector of weights, and thousands of resamples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from painctl.evidence.metrics import LEVELS
from painctl.runs.draws import draws

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
    moments: np.ndarray  # float64 [6, S]: n, sum x, sum y, sum x^2, sum y^2, sum xy; x label, y estimate
    errors: np.ndarray  # float64 [S], sum |x - y|
    confusion: np.ndarray  # float64 [L, 3, S]: true positives, false positives, false negatives
    wins: np.ndarray  # float64 [L, S, S]: correctly ordered pairs, positive frame of s, negative frame of t
    classes: np.ndarray  # float64 [L, 2, S]: positive and negative frames

    @classmethod
    def of(cls, subject: np.ndarray, pspi: np.ndarray, estimate: np.ndarray, decisions: np.ndarray) -> SubjectSums:
        """From frames: subject [N], PSPI [N], its estimate [N], and predicted pain or not, bool [L, N]."""
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
                    [total(predicted & true), total(predicted & ~true), total(~predicted & true)]
                    for predicted, true in zip(decisions, positive, strict=True)
                ]
            ),
            wins=np.stack([_wins(index, len(people), y, true) for true in positive]),
            classes=np.stack([[total(true), total(~true)] for true in positive]),
        )

    def scores(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """The `POOLED` scores of B samples in which person s counts weights[b, s] times: [B] each, nan if undefined.

        AUROC is the share of (positive, negative) pairs of frames that the estimate orders correctly; a tie counts
        half. The others are those of `linear_scores`.
        """
        scores = self.linear_scores(weights)
        for row, level in enumerate(LEVELS):
            positive, negative = self.classes[row] @ weights.T
            won = ((weights @ self.wins[row]) * weights).sum(axis=1)
            with np.errstate(invalid="ignore"):
                scores[f"AUROC@{level}"] = won / (positive * negative)
        return scores

    def linear_scores(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """The scores that need no pairs of people: PCC, ICC(3,1), MAE and F1.

        PCC is Pearson's. ICC(3,1) of two raters, label and estimate, is 2 cov(x, y) / (var x + var y) (two-way mixed,
        consistency, single measure; Shrout & Fleiss, Psychol. Bull. 86, 1979). F1 is that of the decisions.
        """
        n, x, y, xx, yy, xy = self.moments @ weights.T
        with np.errstate(invalid="ignore", divide="ignore"):
            cov, var_x, var_y = xy - x * y / n, xx - x * x / n, yy - y * y / n
            tiny = 1e-12 * (xx + yy)  # rounding error in the variance of a constant
            var_x, var_y = np.where(var_x > tiny, var_x, 0), np.where(var_y > tiny, var_y, 0)
            scores = {
                "PCC": np.where((var_x > 0) & (var_y > 0), cov / np.sqrt(var_x * var_y), np.nan),
                "ICC(3,1)": 2 * cov / (var_x + var_y),
                "MAE": self.errors @ weights.T / n,
            }
            for row, level in enumerate(LEVELS):
                hit, false, missed = self.confusion[row] @ weights.T
                scores[f"F1@{level}"] = np.where(hit + missed > 0, 2 * hit / (2 * hit + false + missed), np.nan)
        return scores

    def pooled(self) -> dict[str, float]:
        """The scores of all people, each counted once."""
        return {name: float(values[0]) for name, values in self.scores(np.ones((1, len(self.people)))).items()}


def bootstrap(sums: SubjectSums, seed: int, resamples: int = 2000) -> Mapping[str, tuple[float, float]]:
    """95 % percentile intervals of the `POOLED` scores, from people drawn with replacement (Efron, Ann. Stat. 7, 1979).

    People are resampled, not frames, because frames of one person are correlated. Resamples that do not define a
    score are left out of its interval, which is nan if none defines it.
    """
    count = len(sums.people)
    weights = draws(seed, -1, "bootstrap").multinomial(count, np.full(count, 1 / count), resamples).astype(float)
    limits = {}
    for name, values in sums.scores(weights).items():
        defined = values[np.isfinite(values)]
        low, high = np.percentile(defined, [2.5, 97.5]) if len(defined) else (np.nan, np.nan)
        limits[name] = float(low), float(high)
    return limits


def _wins(index: np.ndarray, people: int, estimate: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """[S, S]: pairs of a positive frame of the first person above a negative frame of the second; a tie counts half."""
    wins = np.zeros((people, people))
    positives, owner = estimate[positive], index[positive]
    order = np.argsort(index[~positive], kind="stable")
    parts = np.split(estimate[~positive][order], np.cumsum(np.bincount(index[~positive], minlength=people))[:-1])
    for second, negatives in enumerate(parts):
        ranked = np.sort(negatives)
        below = (np.searchsorted(ranked, positives, "left") + np.searchsorted(ranked, positives, "right")) / 2
        wins[:, second] = np.bincount(owner, below, people)
    return wins
