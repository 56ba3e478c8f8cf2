"""Cross-validation: no person is tested with a model, epoch or threshold that was fitted or chosen on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from painctl.evidence.metrics import thresholds
from painctl.evidence.run import FoldResult, Frames, decide, require_same_run
from painctl.files.lock import only_writer
from painctl.files.publish import atomic_write
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.labels import PSPI
from painctl.runs.devices import choose_device
from painctl.runs.processes import is_main, wait_for_all
from painctl.runs.resume import Checkpointer
from painctl.vitpain.fold_plan import Plan
from painctl.vitpain.inference import Predictions, predict_source
from painctl.vitpain.interface import PainModel
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.sources import PairSource, people
from painctl.vitpain.training import Execution, Row, train
from painctl.vitpain.training_run import describe_run, log_to_file


@dataclass(frozen=True)
class FoldSaving:
    """Where a fold is trained, and how its unfinished state is saved and resumed."""

    device: str  # cpu, cuda or auto
    interval: float  # seconds between saved states
    any_machine: bool = False  # resume what another kind of machine began


class Watcher(Protocol):
    """Follows a cross-validation."""

    def started(self, fold: int, epochs: int) -> None:
        """Fold `fold`, from 1, begins; if it is resumed, after `epochs` epochs, whose rows come again first."""

    def epoch(self, fold: int, row: Row) -> None:
        """An epoch of a fold is finished, with this row of its log."""

    def tested(self, result: FoldResult) -> None:
        """A fold is finished."""


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """A cross-validation: its data and folds, model and settings."""

    plan: Plan
    build: Callable[[], PainModel]  # makes the initial model of a fold
    settings: TrainingSettings
    label: str = PSPI  # what `pspi` of the tested frames holds, see `pain.labels`

    def run(self, folds: Sequence[int], folder: Path, saving: FoldSaving, watcher: Watcher) -> None:
        """Train and test some folds (from 0), each into `folder`/fold-K.json, K from 1.

        Finished folds are skipped and interrupted ones resumed. Raises ValueError if a finished fold is of another run
        or if another process is at work on one, and as `train` does.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for fold in folds:  # at once, not when those before it are finished
            with self._claimed(fold, folder):
                pass
        for fold in folds:
            with self._claimed(fold, folder):
                self._run_fold(fold, folder, saving, watcher)

    def _claimed(self, fold: int, folder: Path) -> AbstractContextManager[None]:
        path = fold_path(folder, fold)
        return nullcontext() if path.exists() or not is_main() else only_writer(path)

    def _run_fold(self, fold: int, folder: Path, saving: FoldSaving, watcher: Watcher) -> None:
        number = fold + 1
        model = self.build()
        description = {**describe_run(self.plan.dataset, model, self.settings, self.label), **self.plan.about}
        path = fold_path(folder, fold)
        if path.exists():
            require_same_run(path, description)
            return
        state = folder / f"fold-{number}.partial"
        checkpointer = Checkpointer(
            state, description | {"fold": number}, saving.interval, choose_device(saving.device), saving.any_machine
        )
        log = log_to_file(folder / f"fold-{number}.log.jsonl", partial(watcher.epoch, number), [])
        execution = Execution(saving.device, log, checkpointer, partial(watcher.started, number))
        result = self.test_fold(fold, model, description, execution)
        if is_main():
            atomic_write(path, result.as_json().encode())
            checkpointer.delete()
        watcher.tested(result)
        wait_for_all()

    def test_fold(
        self, fold: int, model: PainModel, description: Mapping[str, Any], execution: Execution
    ) -> FoldResult:
        """Train `model` on the training people of `fold` (from 0) and test it on the fold's people."""
        split, settings = self.plan.splits[fold], self.settings
        train(model, split.fitted, split.validated if len(split.validated) else None, settings, execution)
        cuts = thresholds(split.threshold.pspi, predict_source(model, split.threshold, shots=settings.shots).pspi)
        predictions = predict_source(model, split.tested, shots=settings.shots)
        return FoldResult(
            fold=fold + 1,
            fold_count=len(self.plan.splits),
            description=description,
            trained=people(split.fitted),
            validated=people(split.validated),
            cuts=cuts,
            median=float(np.median(split.training_pspi)),
            frames=_as_frames(split.tested, predictions, cuts),
        )


def fold_path(folder: Path, fold: int) -> Path:
    """The file of a fold (from 0) in the folder of a run."""
    return folder / f"fold-{fold + 1}.json"


def _as_frames(source: PairSource, predictions: Predictions, cuts: Mapping[int, float]) -> Frames:
    estimate = predictions.pspi.astype(float)
    aus = {} if predictions.aus is None else dict(zip(ACTION_UNITS, predictions.aus.astype(float).T, strict=True))
    return Frames(
        frame=np.array(source.names),
        subject=source.subject.astype(str),
        pspi=np.asarray(source.pspi, float),
        estimate=estimate,
        decisions=decide(estimate, cuts),
        probability={str(level): values.astype(float) for level, values in predictions.probability.items()},
        aus=aus,
        labels=_unit_labels(source),
        groups=source.groups,
    )


def _unit_labels(source: PairSource) -> dict[str, np.ndarray]:
    """The labelled intensities by action unit, float64 [N]; units without any label are left out."""
    table = zip(ACTION_UNITS, np.asarray(source.aus, float).T, strict=True)
    return {unit: values for unit, values in table if np.isfinite(values).any()}
