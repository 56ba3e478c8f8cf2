"""pretrain: trains a model on a dataset's training people and chooses the epoch on its validation people."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from painctl.dataset.opening import Data
from painctl.runs.processes import is_main, wait_for_all
from painctl.runs.resume import Checkpointer
from painctl.vitpain.checkpoints import save
from painctl.vitpain.interface import PainModel
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.sources import people
from painctl.vitpain.training import Execution, Log, Row, train
from painctl.vitpain.training_run import describe_run, log_to_file


def pretrain(
    data: Data,
    folder: Path,
    model: PainModel,
    settings: TrainingSettings,
    *,
    device: str = "auto",
    overwrite: bool = False,
    seconds: float = 60,
    before: Iterable[str] = (),
    log: Log = lambda _: None,
) -> None:
    """Train `model` and write it to `folder`, complete or absent; `log` gets a row per epoch.

    The state of the training is saved to `folder`.partial every `seconds`, from which the same call resumes, and the
    log to `folder`.partial.jsonl. `before` are people whom the model was already trained on. Raises FileExistsError if
    the folder exists, and as `train` and `Data.parts` do.
    """
    live_log = folder.with_name(f"{folder.name}.partial.jsonl")
    rows: list[Row] = []
    fitted, validation = data.parts()
    description = describe_run(data.content, model, settings)
    checkpointer = Checkpointer(folder.with_name(f"{folder.name}.partial"), description, seconds)
    train(model, fitted, validation, settings, Execution(device, log_to_file(live_log, log, rows), checkpointer))
    if is_main():
        trained_on = {person for part in (fitted, validation) if part and settings.epochs for person in people(part)}
        save(folder, model, settings, data.neutral, sorted({*before, *trained_on}), rows, overwrite)
        checkpointer.delete()
        live_log.unlink(missing_ok=True)
    wait_for_all()
