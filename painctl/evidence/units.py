"""Scores of the estimates of each action unit against its labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from painctl.evidence.run import Frames
from painctl.evidence.subjects import SubjectSums, bootstrap

# what is reported for intensities of UNBC-McMaster and DISFA, beside PCC and MAE
UNIT_SCORES: Final = ("PCC", "ICC(3,1)", "MAE", "MSE", "F1@1")
_PRESENT: Final = 0.5  # an estimate from here on, which rounds to 1, is a unit that is present


@dataclass(frozen=True)
class UnitScores:
    """The scores of one action unit over all test frames that have its label."""

    frames: int  # with a label of the unit
    present: int  # of these, frames labelled 1 or more
    scores: dict[str, tuple[float, float, float]]  # value and 95 % interval, by `UNIT_SCORES`

    def as_record(self) -> dict[str, Any]:
        """Plain values."""
        scores = {name: dict(zip(("value", "low", "high"), row, strict=True)) for name, row in self.scores.items()}
        return {"frames": self.frames, "present": self.present, **scores}


def unit_scores(frames: Frames, seed: int, resamples: int) -> dict[str, UnitScores]:
    """The scores of every unit that is both estimated and labelled, by its name.

    F1@1 is that of presence: a label of 1 or more, an estimate of 0.5 or more. Intervals are from resampled people.
    """
    table = {}
    for unit, estimates in frames.aus.items():
        labels = frames.labels.get(unit, np.full(len(estimates), np.nan))
        rows = np.isfinite(labels)
        if not rows.any():
            continue
        label, estimate = labels[rows], estimates[rows]
        decisions = estimate[None] >= _PRESENT
        sums = SubjectSums.of(frames.subject[rows], label, estimate, decisions, levels=(1,), ranked=False)
        limits = bootstrap(sums, seed, resamples)
        scores = {name: (value, *limits[name]) for name, value in sums.pooled().items()}
        table[unit] = UnitScores(int(rows.sum()), int((label >= 1).sum()), {name: scores[name] for name in UNIT_SCORES})
    return table
