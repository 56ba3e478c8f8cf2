"""Scores of weighted samples of people, from sums over each person's frames.

All scores of pooled frames but the areas under curves are functions of sums over people. A resample of people is then
a vector of weights, and thousands of resamples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from painctl.evidence.metrics import LEVELS
from painctl.evidence.ranking import Ranking
from painctl.runs.draws import draws


@dataclass(frozen=True, eq=False)
class SubjectSums:
    """Sums over the frames of each of S people, for L levels."""

    people: np.ndarray  # [S], sorted
    levels: tuple[int, ...]  # [L]
    moments: np.ndarray  # float64 [6, S]: n, sum x, sum y, sum x^2, sum y^2, sum xy; x label, y estimate
    errors: np.ndarray  # float64 [2, S]: sum |x - y|, sum (x - y)^2
    confusion: np.ndarray  # float64 [L, 4, S]: true positives, false positives, false negatives, true negatives
    ranking: Ranking | None = None  # None for sums whose areas under curves are not needed

    @classmethod
    def of(
        cls,
        subject: np.ndarray,
        label: np.ndarray,
        estimate: np.ndarray,
        decisions: np.ndarray,
        levels: Sequence[int] = LEVELS,
        ranked: bool = True,
    ) -> SubjectSums:
        """From frames: subject [N], label [N], its estimate [N], and whether it reaches each level, bool [L, N]."""
        people, person = np.unique(subject, return_inverse=True)
        x, y = np.asarray(label, float), np.asarray(estimate, float)

        def total(values: np.ndarray) -> np.ndarray:
            return np.bincount(person, values, len(people))

        positive = np.stack([x >= level for level in levels])
        return cls(
            people=people,
            levels=tuple(levels),
            moments=np.stack([total(values) for values in (np.ones_like(x), x, y, x * x, y * y, x * y)]),
            errors=np.stack([total(abs(x - y)), total((x - y) ** 2)]),
            confusion=np.stack(
                [
                    [total(cell) for cell in (pain & true, pain & ~true, ~pain & true, ~pain & ~true)]
                    for pain, true in zip(decisions, positive, strict=True)
                ]
            ),
            ranking=Ranking.of(person, y, positive) if ranked else None,
        )

    def scores(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """The scores of B samples in which person s counts weights[b, s] times: [B] each, nan if undefined.

        Those of `linear_scores`, and with a ranking AUROC and AUPRC (average precision).
        """
        scores = self.linear_scores(weights)
        if self.ranking:
            areas = {"AUROC": self.ranking.auroc(weights), "AUPRC": self.ranking.average_precision(weights)}
            for name, table in areas.items():
                scores |= {f"{name}@{level}": values for level, values in zip(self.levels, table, strict=True)}
        return scores

    def linear_scores(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """The scores that are functions of sums over people: MSE, `metrics.OF_ESTIMATES` and `metrics.OF_DECISIONS`.

        - PCC is Pearson's correlation.
        - CCC, the concordance correlation, is 2 cov(x, y) / (var x + var y + (mean x - mean y)^2), with 1/n in the
          variances (Lin, Biometrics 45, 1989): PCC, lowered by a wrong scale or offset.
        - ICC(3,1) of two raters, label and estimate, is 2 cov(x, y) / (var x + var y) (two-way mixed, consistency,
          single measure; Shrout & Fleiss, Psychol. Bull. 86, 1979).
        - F1 and BA are of the decisions. BA, balanced accuracy, is the mean of sensitivity and specificity (Brodersen
          et al., ICPR 2010).
        """
        n, x, y, xx, yy, xy = self.moments @ weights.T
        absolute, squared = self.errors @ weights.T
        with np.errstate(invalid="ignore", divide="ignore"):
            cov, var_x, var_y = xy - x * y / n, xx - x * x / n, yy - y * y / n
            tiny = 1e-12 * (xx + yy)  # rounding error in the variance of a constant
            var_x, var_y = np.where(var_x > tiny, var_x, 0), np.where(var_y > tiny, var_y, 0)
            cov = np.where(var_y > 0, cov, 0)
            varies = np.where(var_x > 0, 1.0, np.nan)  # there is nothing to agree with if all labels are equal
            scores = {
                "PCC": varies * np.where(var_y > 0, cov / np.sqrt(var_x * var_y), np.nan),
                "CCC": varies * 2 * cov / (var_x + var_y + (x - y) ** 2 / n),
                "ICC(3,1)": varies * 2 * cov / (var_x + var_y),
                "MAE": absolute / n,
                "MSE": squared / n,
                "RMSE": np.sqrt(squared / n),
            }
            counts = [table @ weights.T for table in self.confusion]
            for level, (hit, false, missed, _) in zip(self.levels, counts, strict=True):
                scores[f"F1@{level}"] = np.where(hit + missed > 0, 2 * hit / (2 * hit + false + missed), np.nan)
            for level, (hit, false, missed, rejected) in zip(self.levels, counts, strict=True):
                scores[f"BA@{level}"] = (hit / (hit + missed) + rejected / (rejected + false)) / 2
        return scores

    def pooled(self) -> dict[str, float]:
        """The scores of all people, each counted once."""
        return {name: float(values[0]) for name, values in self.scores(np.ones((1, len(self.people)))).items()}


def bootstrap(sums: SubjectSums, seed: int, resamples: int = 2000) -> Mapping[str, tuple[float, float]]:
    """95 % percentile intervals of the scores, from people drawn with replacement (Efron, Ann. Stat. 7, 1979).

    People are resampled, not frames, because frames of one person are correlated. Resamples that do not define a
    score are left out of its interval, which is nan if none defines it. Of one person, all are nan.
    """
    count = len(sums.people)
    if count < 2:
        return dict.fromkeys(sums.pooled(), (np.nan, np.nan))
    weights = draws(seed, -1, "bootstrap").multinomial(count, np.full(count, 1 / count), resamples).astype(float)
    limits = {}
    for name, values in sums.scores(weights).items():
        defined = values[np.isfinite(values)]
        low, high = np.percentile(defined, [2.5, 97.5]) if len(defined) else (np.nan, np.nan)
        limits[name] = float(low), float(high)
    return limits
