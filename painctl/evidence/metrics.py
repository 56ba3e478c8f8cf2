"""The scores of a run by name, and what they need beside sums: thresholds, correlation, and the mean over folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

LEVELS: Final = (1, 2, 3)  # a face shows pain if its PSPI is at least this
OF_ESTIMATES: Final = ("PCC", "CCC", "ICC(3,1)", "MAE", "RMSE")
OF_DECISIONS: Final = tuple(f"{name}@{level}" for name in ("F1", "BA") for level in LEVELS)  # BA: balanced accuracy
OF_RANKING: Final = tuple(f"{name}@{level}" for name in ("AUROC", "AUPRC") for level in LEVELS)
SCORES: Final = (*OF_ESTIMATES, *OF_DECISIONS, *OF_RANKING)


def thresholds(pspi: np.ndarray, estimate: np.ndarray) -> dict[int, float]:
    """For each level, the threshold on PSPI estimates [N] with the best F1, midway to the next lower estimate.

    Choose it on people outside the test set. A level that no frame, or every frame, reaches gets level - 1/2.
    """
    return {level: _best_cut(np.asarray(pspi) >= level, np.asarray(estimate), level - 0.5) for level in LEVELS}


def _best_cut(positive: np.ndarray, estimate: np.ndarray, default: float) -> float:
    from sklearn.metrics import precision_recall_curve

    if positive.all() or not positive.any():
        return default
    precision, recall, cuts = precision_recall_curve(positive, estimate)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    cut = cuts[f1[:-1].argmax()]
    below = estimate[estimate < cut]
    return float((cut + below.max()) / 2 if below.size else cut)


def pearson(truth: np.ndarray, estimate: np.ndarray) -> float:
    """Pearson's correlation of two arrays [N]; nan if either is constant."""
    a, b = (np.asarray(values, float) - np.mean(values, dtype=float) for values in (truth, estimate))
    norm = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / norm) if norm > 0 else float("nan")


def summary(rows: Sequence[Mapping[str, float]], names: Sequence[str] = SCORES) -> dict[str, tuple[float, float, int]]:
    """(mean, sample standard deviation, number of folds) of each score, over the folds that define it."""
    table = {}
    for name in names:
        values = np.array([row[name] for row in rows], float)
        values = values[np.isfinite(values)]
        mean = float(values.mean()) if len(values) else float("nan")
        table[name] = mean, float(values.std(ddof=1)) if len(values) > 1 else float("nan"), len(values)
    return table
