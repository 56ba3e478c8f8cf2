"""Calibration of a probability of pain and of a PSPI estimate."""

from __future__ import annotations

import numpy as np

BINS = 10


def reliability(positive: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mean probability, share of positives, frame count) of each non-empty one of `BINS` equal bins: [b] each."""
    index = np.minimum((np.asarray(probability) * BINS).astype(int), BINS - 1)
    weights = (None, probability, np.asarray(positive, float))
    count, predicted, observed = (np.bincount(index, weight, BINS) for weight in weights)
    filled = count > 0
    return predicted[filled] / count[filled], observed[filled] / count[filled], count[filled]


def calibration(
    pspi: np.ndarray, estimate: np.ndarray, positive: np.ndarray, probability: np.ndarray
) -> dict[str, float]:
    """Brier score and expected calibration error of a probability, and the regression of PSPI on its estimate.

    Brier score: mean (p - y)^2 (Mon. Weather Rev. 78, 1950). Expected calibration error: mean of
    |mean p - share of positives| over bins, weighted by frames (Guo et al., ICML 2017). A calibrated estimate has
    slope 1 and intercept 0; both are nan if it is constant.
    """
    predicted, observed, count = reliability(positive, probability)
    varies = np.var(estimate) > 0
    slope, intercept = np.polyfit(estimate, pspi, 1) if varies else (np.nan, np.nan)
    return {
        "Brier": float(np.mean((probability - np.asarray(positive, float)) ** 2)),
        "ECE": float(np.abs(predicted - observed) @ count / count.sum()),
        "slope": float(slope),
        "intercept": float(intercept),
    }
