"""Predictions that ignore the face: what a model has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from painctl.evidence.metrics import LEVELS, OF_DECISIONS, OF_RANKING
from painctl.evidence.run import FoldResult
from painctl.evidence.subjects import SubjectSums
from painctl.pain.action_units import MAX_PSPI

MEDIAN, PAIN = "median", "always pain"
# A constant has no correlation, and those of different folds have a meaningless one, so each has the scores it defines.
_SCORES: Final = {MEDIAN: ("MAE", "RMSE", *OF_DECISIONS), PAIN: (*OF_DECISIONS, *OF_RANKING)}


def baselines(folds: Sequence[FoldResult]) -> dict[str, dict[str, float]]:
    """Scores over all test frames of two baselines, by name and score.

    `MEDIAN` estimates the median PSPI of each fold's training people for every frame, and decides for pain if that
    median reaches the level; it is left out if a fold does not state the median. `PAIN` decides for pain in every
    frame.
    """
    subject, pspi = (np.concatenate([getattr(fold.frames, name) for fold in folds]) for name in ("subject", "pspi"))
    estimates: dict[str, np.ndarray] = {}
    medians = [fold.median for fold in folds if fold.median is not None]
    if len(medians) == len(folds):
        estimates[MEDIAN] = np.repeat(medians, [len(fold.frames.pspi) for fold in folds])
    estimates[PAIN] = np.full(len(pspi), MAX_PSPI, float)
    table = {}
    for name, estimate in estimates.items():
        decisions = np.stack([estimate >= level for level in LEVELS])
        values = SubjectSums.of(subject, pspi, estimate, decisions).pooled()
        table[name] = {score: values[score] for score in _SCORES[name]}
    return table
