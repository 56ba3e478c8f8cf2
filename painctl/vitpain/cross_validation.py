"""Cross-validation: no person is tested with a model, epoch or threshold that was fitted or chosen on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from painctl.evidence.folds import inner_split
from painctl.evidence.metrics import thresholds
from painctl.evidence.run import FoldResult, Frames, decide, require_same_run
from painctl.files.lock import only_writer
from painctl.files.publish import atomic_write
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.labels import PSPI
from painctl.runs.devices import choose_device
from painctl.runs.processes import is_main, wait_for_all
from painctl.runs.resume import Checkpointer
from painctl.vitpain.inference import Predictions, predict_source
from painctl.vitpain.interface import PainModel
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.sources import PairSource, Subset, people
from painctl.vitpain.training import Execution, Log, train
from painctl.vitpain.training_run import describe_run, log_to_file


@dataclass(frozen=True)
class FoldSaving:
    """Where a fold is trained, and how its unfinished state is saved and resumed."""

    device: str  # cpu, cuda or auto
    interval: float  # seconds between saved states
    any_machine: bool = False  # resume what another kind of machine began


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """A cross-validation: its data, folds, model and settings."""

    source: PairSource
    dataset: str  # digest of the source
    fold_of: np.ndarray  # int [N], the fold that tests each frame; see `evidence.folds`
    build: Callable[[], PainModel]  # makes the initial model of a fold
    settings: TrainingSettings
    label: str = PSPI  # what the source's `pspi` holds, see `pain.labels`

    def run(self, folds: Sequence[int], folder: Path, saving: FoldSaving, log: Log = lambda row: None) -> None:
        """Train and test some folds (from 0), each into `folder`/fold-K.json, K from 1.

        Finished folds are skipped and interrupted ones resumed; a row of `log` has the fold's number as `fold`. Raises
        ValueError if a finished fold is of another run or if another process is at work on one, and as `train` does.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for fold in folds:  # at once, not when those before it are finished
            with self._claimed(fold, folder):
                pass
        for fold in folds:
            with self._claimed(fold, folder):
                self._run_fold(fold, folder, saving, log)

    def _claimed(self, fold: int, folder: Path) -> AbstractContextManager[None]:
        path = folder / f"fold-{fold + 1}.json"
        return nullcontext() if path.exists() or not is_main() else only_writer(path)

    def _run_fold(self, fold: int, folder: Path, saving: FoldSaving, log: Log) -> None:
        number = fold + 1
        model = self.build()
        description = describe_run(self.dataset, model, self.settings, self.label) | {"folds": self.fold_of.tolist()}
        path = folder / f"fold-{number}.json"
        if path.exists():
            require_same_run(path, description)
            return
        state = folder / f"fold-{number}.partial"
        checkpointer = Checkpointer(
            state, description | {"fold": number}, saving.interval, choose_device(saving.device), saving.any_machine
        )
        numbered_log = log_to_file(folder / f"fold-{number}.log.jsonl", lambda row: log({"fold": number, **row}), [])
        result = self.test_fold(fold, model, description, Execution(saving.device, numbered_log, checkpointer))
        if is_main():
            atomic_write(path, result.as_json().encode())
            checkpointer.delete()
        wait_for_all()

    def test_fold(
        self, fold: int, model: PainModel, description: Mapping[str, Any], execution: Execution
    ) -> FoldResult:
        """Train `model` on the other folds' people and test it on the people of `fold` (from 0).

        The epoch is chosen on every fifth of the training people, the thresholds on the estimate on all of them.
        """
        source, settings = self.source, self.settings
        test_rows = np.flatnonzero(self.fold_of == fold)
        fit_rows, validation_rows = inner_split(source.subject, np.flatnonzero(self.fold_of != fold))
        fitted, validated = Subset(source, fit_rows), Subset(source, validation_rows)
        train(model, fitted, validated if len(validated) else None, settings, execution)
        rows = np.concatenate([fit_rows, validation_rows])
        cuts = thresholds(source.pspi[rows], predict_source(model, source, rows, settings.shots).pspi)
        predictions = predict_source(model, source, test_rows, settings.shots)
        return FoldResult(
            fold=fold + 1,
            fold_count=int(self.fold_of.max()) + 1,
            description=description,
            trained=people(fitted),
            validated=people(validated),
            cuts=cuts,
            frames=_as_frames(Subset(source, test_rows), predictions, cuts),
        )


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
        groups=source.groups,
    )
