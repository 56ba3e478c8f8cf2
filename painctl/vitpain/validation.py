"""Scores of a model on the people who choose its epoch, and which epoch they chose."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from painctl.evidence.metrics import LEVELS, pearson

SCORES: Final = ("PCC", "MAE", *(f"AUROC@{level}" for level in LEVELS))  # as `cv` names them
Scores = dict[str, float | None]


def validation_scores(pspi: np.ndarray, estimate: np.ndarray) -> Scores:
    """The `SCORES` of PSPI estimates [N], 0..16; None where undefined: with one class, for a constant, or for NaN."""
    from sklearn.metrics import roc_auc_score

    labels, estimates = np.asarray(pspi, float), np.asarray(estimate, float)
    if not np.isfinite(estimates).all():
        return dict.fromkeys(SCORES)
    pcc = pearson(labels, estimates)
    scores: Scores = {"PCC": None if math.isnan(pcc) else pcc, "MAE": float(np.abs(labels - estimates).mean())}
    for level in LEVELS:
        positive = labels >= level
        one_class = positive.all() or not positive.any()
        scores[f"AUROC@{level}"] = None if one_class else float(roc_auc_score(positive, estimates))
    return scores


def kept_epoch(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row of the epoch whose weights `train` kept, out of all rows of a log; None without validation people."""
    validated = [row for row in rows if "validation_pspi" in row]
    return min(validated, key=lambda row: row["validation_pspi"]) if validated else None


def logged(scores: Mapping[str, float | None]) -> Scores:
    """Scores by their keys in a row of the log, after `validation_`."""
    return {name.lower(): value for name, value in scores.items()}


def scores_of(row: Mapping[str, Any]) -> Scores | None:
    """The scores in a row of the log; None if it has not all of them, as those of earlier versions."""
    keys = {name: f"validation_{name.lower()}" for name in SCORES}
    return {name: row[key] for name, key in keys.items()} if row.keys() >= set(keys.values()) else None
