"""The report of a run: scores by fold, pooled with intervals, of baselines, by action unit, by person and by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from painctl.evidence.baselines import baselines
from painctl.evidence.calibration import calibration
from painctl.evidence.metrics import LEVELS, SCORES, pearson, summary
from painctl.evidence.run import FoldResult, Frames
from painctl.evidence.subjects import SubjectSums, bootstrap
from painctl.evidence.units import UnitScores, unit_scores
from painctl.pain.labels import PAIN_LEVEL, PSPI

CONFUSION = ("TP", "FP", "FN", "TN")  # true and false positives, false and true negatives


@dataclass(frozen=True, eq=False)
class Report:
    """Scores of a cross-validation. An undefined score is nan."""

    folds: tuple[dict[str, float], ...]  # by metrics.SCORES
    summary: dict[str, tuple[float, float, int]]  # mean, sample standard deviation, number of folds that define it
    pooled: dict[str, tuple[float, float, float]]  # over all frames: value and 95 % interval, by metrics.SCORES
    baselines: dict[str, dict[str, float]]  # over all frames, by name and by the scores that it defines
    cuts: tuple[dict[int, float], ...]  # of each fold, the threshold on its estimate by level
    confusion: tuple[dict[int, dict[str, int]], ...]  # of each fold, by level: the number of frames, by `CONFUSION`
    action_units: dict[str, UnitScores]  # by unit; empty without its labels or without estimates
    by_subject: dict[str, float]  # PCC of each person's frames
    calibration: dict[str, float]  # of the probability of PSPI >= 1; empty without such a head
    by_group: dict[str, dict[str, dict[str, float]]]  # attribute, value: people, frames and the pooled scores
    label: str = PSPI  # what the estimates are compared with, see `pain.labels`

    def as_record(self) -> dict[str, Any]:
        """Plain values for JSON, with null for nan."""
        plain = {
            **({} if self.label == PSPI else {"label": self.label}),
            "folds": list(self.folds),
            "summary": {k: dict(zip(("mean", "std", "folds"), v, strict=True)) for k, v in self.summary.items()},
            "pooled": {k: dict(zip(("value", "low", "high"), v, strict=True)) for k, v in self.pooled.items()},
            "baselines": self.baselines,
            "confusion": {
                str(level): {"cuts": [cuts[level] for cuts in self.cuts], **self.confusion_at(level)}
                for level in LEVELS
            },
            "action_units": {unit: scores.as_record() for unit, scores in self.action_units.items()},
            "by_subject": self.by_subject,
            "calibration": self.calibration,
            "by_group": self.by_group,
        }
        return without_nan(plain)

    def confusion_at(self, level: int) -> dict[str, int]:
        """The confusion matrix of all frames at a level: number of frames, by `CONFUSION`."""
        return {cell: sum(fold[level][cell] for fold in self.confusion) for cell in CONFUSION}

    @property
    def mean_subject_pcc(self) -> tuple[float, float, int]:
        """(mean, sample standard deviation, number of people that define it) of the PCC within a person."""
        return summary([{"PCC": value} for value in self.by_subject.values()], ["PCC"])["PCC"]


def report(folds: Sequence[FoldResult], seed: int = 0, resamples: int = 2000) -> Report:
    """The report of a run's folds, with intervals from `resamples` of its people, drawn with `seed`."""
    sums_of_folds = [subject_sums(fold.frames) for fold in folds]
    by_fold = tuple(_scores(sums) for sums in sums_of_folds)
    frames = Frames.joined([fold.frames for fold in folds])
    sums = subject_sums(frames)
    limits = bootstrap(sums, seed, resamples)
    probability = frames.probability.get("1")
    label = folds[0].label
    by_group = {name: _by_value(frames, values) for name, values in frames.groups.items()}
    if label == PAIN_LEVEL:
        by_group |= _by_level(frames)
    return Report(
        folds=by_fold,
        summary=summary(by_fold),
        pooled={name: (value, *limits[name]) for name, value in _scores(sums).items()},
        baselines=baselines(folds),
        cuts=tuple(dict(fold.cuts) for fold in folds),
        confusion=tuple(_confusion(sums) for sums in sums_of_folds),
        action_units=unit_scores(frames, seed, resamples),
        by_subject={
            str(person): pearson(frames.pspi[frames.subject == person], frames.estimate[frames.subject == person])
            for person in sums.people
        },
        calibration={}
        if probability is None
        else calibration(frames.pspi, frames.estimate, frames.pspi >= 1, probability),
        by_group=by_group,
        label=label,
    )


def _scores(sums: SubjectSums) -> dict[str, float]:
    values = sums.pooled()
    return {name: values[name] for name in SCORES}


def _confusion(sums: SubjectSums) -> dict[int, dict[str, int]]:
    return {
        level: dict(zip(CONFUSION, map(int, counts.sum(axis=1)), strict=True))
        for level, counts in zip(sums.levels, sums.confusion, strict=True)
    }


def subject_sums(frames: Frames, rows: Any = slice(None)) -> SubjectSums:
    """The sums of each person over some of the frames."""
    return SubjectSums.of(frames.subject[rows], frames.pspi[rows], frames.estimate[rows], frames.decisions[:, rows])


def _by_value(frames: Frames, values: np.ndarray) -> dict[str, dict[str, float]]:
    table = {}
    for value in np.unique(values):
        table[str(value)] = _scored(frames, values == value)
    return table


def _scored(frames: Frames, rows: np.ndarray) -> dict[str, float]:
    """People, frames and the pooled scores of some rows, bool [N]."""
    sums = subject_sums(frames, rows)
    return {"people": len(sums.people), "frames": int(rows.sum()), **_scores(sums)}


def _by_level(frames: Frames) -> dict[str, dict[str, dict[str, float]]]:
    """The scores of each pain level and none, without the levels between: AUROC@1 is that of telling the two apart."""
    levels = [level for level in np.unique(frames.pspi) if level > 0]
    return {PAIN_LEVEL: {f"0 or {level:g}": _scored(frames, np.isin(frames.pspi, (0, level))) for level in levels}}


def without_nan(value: Any) -> Any:
    """Plain values with None in place of nan, which JSON does not have."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and value != value else value
