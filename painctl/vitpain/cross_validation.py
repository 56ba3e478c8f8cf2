"""Cross-validation in which nobody is tested by a model, a checkpoint or a threshold that has seen them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from painctl.evidence.folds import inner_split
from painctl.evidence.metrics import thresholds
from painctl.evidence.run import FoldResult, Frames, decide
from painctl.pain.action_units import ACTION_UNITS
from painctl.runs.resume import Keeper
from painctl.vitpain.data import PairSource, Subset
from painctl.vitpain.inference import Predictions, predict_source
from painctl.vitpain.interface import PainModel
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import Row, train


def run_fold(
    source: PairSource,
    fold_of: np.ndarray,
    fold: int,
    model: PainModel,
    settings: TrainingSettings,
    about: Mapping[str, Any],
    log: Callable[[Row], None] = lambda row: None,
    device: str = "cpu",
    keeper: Keeper | None = None,
) -> FoldResult:
    """Fold `fold` (from 0) of a cross-validation: train on the other folds' people, test this one's.

    A fifth of the people who train choose the epoch; all of them, the cuts through the estimate. `fold_of` is int
    [N], see `evidence.folds`. Raises as `train` does.
    """
    tested = np.flatnonzero(fold_of == fold)
    fitted_rows, validation_rows = inner_split(source.subject, np.flatnonzero(fold_of != fold))
    fitted, validated = Subset(source, fitted_rows), Subset(source, validation_rows)
    train(model, fitted, validated if len(validated) else None, settings, log, device, keeper)
    others = np.concatenate([fitted_rows, validation_rows])
    cuts = thresholds(source.pspi[others], predict_source(model, source, others, settings.shots).pspi)
    said = predict_source(model, source, tested, settings.shots)
    return FoldResult(
        fold=fold + 1,
        of=int(fold_of.max()) + 1,
        about=about,
        trained=_people(fitted),
        validated=_people(validated),
        cuts=cuts,
        frames=_frames(Subset(source, tested), said, cuts),
    )


def _people(source: PairSource) -> list[str]:
    return [str(person) for person in np.unique(source.subject)]


def _frames(source: PairSource, said: Predictions, cuts: Mapping[int, float]) -> Frames:
    estimate = said.pspi.astype(float)
    units = {} if said.aus is None else dict(zip(ACTION_UNITS, said.aus.astype(float).T, strict=True))
    return Frames(
        frame=np.array(source.names),
        subject=source.subject.astype(str),
        pspi=np.asarray(source.pspi, float),
        estimate=estimate,
        decided=decide(estimate, cuts),
        probability={str(level): values.astype(float) for level, values in said.probability.items()},
        aus=units,
        groups=source.groups,
    )
