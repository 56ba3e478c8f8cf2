"""Whether a probability of pain of p is followed by pain in p of the frames, and an estimate by its own PSPI."""

from __future__ import annotations

import numpy as np

BINS = 10


def reliability(positive: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mean probability, share of positives, frames) of each of `BINS` equal bins that holds frames: [b] each."""
    index = np.minimum((np.asarray(probability) * BINS).astype(int), BINS - 1)
    count, said, true = (np.bincount(index, w, BINS) for w in (None, probability, np.asarray(positive, float)))
    held = count > 0
    return said[held] / count[held], true[held] / count[held], count[held]


def calibration(
    pspi: np.ndarray, estimate: np.ndarray, positive: np.ndarray, probability: np.ndarray
) -> dict[str, float]:
    """Brier score and expected calibration error of a probability, and the line of PSPI on its estimate.

    The Brier score is mean (p - y)^2 (Mon. Weather Rev. 78, 1950); the expected calibration error the mean of
    |mean p - share of positives| over bins, by their frames (Guo et al., ICML 2017). Slope 1 and intercept 0 are those
    of an estimate that means what it says; they are nan where it is constant.
    """
    said, true, count = reliability(positive, probability)
    spread = np.var(estimate) > 0
    slope, intercept = np.polyfit(estimate, pspi, 1) if spread else (np.nan, np.nan)
    return {
        "Brier": float(np.mean((probability - np.asarray(positive, float)) ** 2)),
        "ECE": float(np.abs(said - true) @ count / count.sum()),
        "slope": float(slope),
        "intercept": float(intercept),
    }
