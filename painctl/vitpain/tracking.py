"""Experiment trackers for the training log: TensorBoard and trackio."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from painctl.files.text import json_text
from painctl.runs.processes import is_main
from painctl.vitpain.settings import TrainingSettings

Row = dict[str, Any]
Tracker = tuple[Callable[[Row], None], Callable[[], None]]  # log a row; finish


@contextmanager
def open_tracker(tracker: str | None, output: Path, settings: TrainingSettings) -> Iterator[Callable[[Row], None]]:
    """A function that logs one row. It does nothing without a tracker, or outside the main process.

    TensorBoard writes into `output`.runs, trackio into its own local store. Raises ModuleNotFoundError, which names the
    extra to install, if the tracker is missing.
    """
    if tracker is None or not is_main():
        yield lambda row: None
        return
    try:
        log, finish = _tensorboard(output, settings) if tracker == "tensorboard" else _trackio(output, settings)
    except ImportError as error:
        raise ModuleNotFoundError(f"--track {tracker}: {error}; pip install '.[track]' in painctl's checkout") from None
    try:
        yield log
    finally:
        finish()


def _tensorboard(output: Path, settings: TrainingSettings) -> Tracker:
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(output.with_name(f"{output.name}.runs"))
    writer.add_text("settings", json_text(asdict(settings), indent=1))

    def log(row: Row) -> None:
        for name in _defined(row).keys() - {"epoch", "fold"}:
            writer.add_scalar(f"fold {row['fold']}/{name}" if "fold" in row else name, row[name], row["epoch"])

    return log, writer.close


def _trackio(output: Path, settings: TrainingSettings) -> Tracker:
    import trackio

    trackio.init(project=output.name, config=asdict(settings))
    steps = itertools.count(1)
    return lambda row: trackio.log(_defined(row), step=next(steps)), trackio.finish


def _defined(row: Row) -> Row:
    """The row without undefined scores."""
    return {name: value for name, value in row.items() if value is not None}
