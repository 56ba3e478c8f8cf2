"""pretrain: a model trained on a dataset's training people; its validation people choose the epoch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from painctl import __version__
from painctl.dataset.opening import LabelledDataset
from painctl.files.publish import atomic_write
from painctl.runs.processes import count, is_main, wait
from painctl.runs.resume import Keeper, digest
from painctl.vitpain.checkpoints import save
from painctl.vitpain.interface import PainModel
from painctl.vitpain.kinds import kind_of
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import train

Log = Callable[[dict[str, Any]], None]


def pretrain(
    data: LabelledDataset,
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
    """Train `model` and write it to `folder`, complete or absent; `log` gets a row an epoch.

    The state of the training is kept in `folder`.partial every so many `seconds`, from which the same call goes on,
    and the log in `folder`.partial.jsonl. Raises FileExistsError if the folder is there, and as `train` and
    `LabelledDataset.parts` do. `before` are the people who taught the model already.
    """
    live = folder.with_name(f"{folder.name}.partial.jsonl")
    rows: list[dict[str, Any]] = []
    fitted, validation = data.parts()
    keeper = Keeper(folder.with_name(f"{folder.name}.partial"), describe(data.content, model, settings), seconds)
    train(model, fitted, validation, settings, recorded(live, log, rows), device, keeper)
    if is_main():
        taught = [part.subject.tolist() for part in (fitted, validation) if part and settings.epochs]
        people = {str(person) for part in (before, *taught) for person in part}
        save(folder, model, settings, data.neutral, sorted(people), rows, overwrite)
        keeper.clear()
        live.unlink(missing_ok=True)
    wait()


def recorded(path: Path, log: Log, rows: list[dict[str, Any]]) -> Log:
    """A log that also gathers its `rows` and keeps them in `path`, a line of JSON each, for who watches a run."""

    def keep(row: dict[str, Any]) -> None:
        rows.append(row)
        if is_main():
            atomic_write(path, "".join(json.dumps(each) + "\n" for each in rows).encode())
        log(row)

    return keep


def describe(dataset: str, model: PainModel, settings: TrainingSettings) -> dict[str, Any]:
    """What makes a run this run and no other, as plain values: its data, the model it begins from, its settings."""
    return {
        "painctl": __version__,
        "dataset": dataset,
        "model": kind_of(model),
        "architecture": asdict(model.architecture),
        "weights": digest(model),
        "settings": asdict(settings),
        "processes": count(),
    }
