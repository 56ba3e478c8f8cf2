"""A training run on disk: the description that identifies it, and the log written while it lasts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import get_num_threads

from painctl import __version__
from painctl.files.publish import atomic_write
from painctl.files.text import json_text
from painctl.pain.labels import PSPI
from painctl.records import UsageError
from painctl.runs.description import difference
from painctl.runs.processes import is_main, process_count
from painctl.runs.resume import digest
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model_folder import read_config
from painctl.vitpain.registry import kind_of
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import Log, Row


def describe_run(dataset: str, model: PainModel, settings: TrainingSettings, label: str = PSPI) -> dict[str, Any]:
    """What identifies a run, as plain values: its dataset's digest, initial model, settings and process count.

    A label other than PSPI is stated too.
    """
    return {
        "painctl": __version__,
        "dataset": dataset,
        "model": kind_of(model),
        "architecture": asdict(model.architecture),
        "weights": digest(model),
        "settings": asdict(settings),
        "processes": process_count(),
        **({} if label == PSPI else {"label": label}),
    }


def require_same_run(folder: Path, description: Mapping[str, Any]) -> None:
    """Raise UsageError unless the folder has the model of the run that `description` identifies."""
    remedy = "use another -o; --overwrite replaces a model"
    try:
        old = read_config(folder).get("run")
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder}: already exists, and is not a model ({error}); {remedy}") from None
    if not old:
        raise UsageError(f"{folder}: already exists, and does not record how it was trained; {remedy}")
    if changed := difference(old, json.loads(json_text(dict(description)))):
        raise UsageError(f"{folder}: already exists, trained with {changed}; {remedy}")


def log_to_file(path: Path, log: Log, rows: list[Row]) -> Log:
    """A log that passes each row on to `log`, appends it to `rows`, and writes them all to `path` as JSON lines.

    A line also has the number of threads, on which the last digits of the weights depend.
    """

    threads = get_num_threads()

    def write(row: Row) -> None:
        rows.append(row)
        if is_main():
            atomic_write(path, "".join(json_text({**entry, "threads": threads}) + "\n" for entry in rows).encode())
        log(row)

    return write
