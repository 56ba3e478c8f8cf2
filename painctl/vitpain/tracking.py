"""The training log in an experiment tracker, through accelerate: TensorBoard, trackio, Weights & Biases or MLflow.

All of them keep the log on this machine, whatever their variables say, unless the run is to be published.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painctl.runs.processes import is_main, prepare_accelerate
from painctl.vitpain.settings import TrainingSettings

if TYPE_CHECKING:
    from accelerate.tracking import GeneralTracker

Row = dict[str, Any]


@contextmanager
def open_tracker(
    tracker: str | None, output: Path, settings: TrainingSettings, device: str, is_published: bool = False
) -> Iterator[Callable[[Row], None]]:
    """A function that logs one row of a training on a device (cpu, cuda or auto).

    It does nothing without a tracker, or outside the main process.

    TensorBoard, W&B and MLflow write into `output`.runs, trackio into its own local store; if the run is published,
    they go where their own variables and log-ins say. Raises ModuleNotFoundError, which names the extra to install, if
    the tracker is missing.
    """
    if tracker is None or not is_main():
        yield lambda row: None
        return
    prepare_accelerate(device)
    try:
        chosen = _start(tracker, output, is_published)
    except ImportError as error:
        raise ModuleNotFoundError(f"--track {tracker}: {error}; pip install 'painctl[track]'") from None
    try:
        chosen.store_init_configuration(_plain(asdict(settings)))
        steps = itertools.count(1)
        yield lambda row: chosen.log(_scores(row), step=row["epoch"] if tracker == "tensorboard" else next(steps))
    finally:
        chosen.finish()


def _start(name: str, output: Path, is_published: bool) -> GeneralTracker:
    from accelerate import tracking

    runs = output.with_name(f"{output.name}.runs")
    tracker: GeneralTracker
    if name == "tensorboard":
        tracker = tracking.TensorBoardTracker(output.name, runs)
    elif name == "trackio":
        tracker = tracking.TrackioTracker(output.name, **({} if is_published else _local_trackio()))
    elif name == "wandb":
        tracker = tracking.WandBTracker(output.name, **({} if is_published else _local_wandb(runs)))
    else:
        if not is_published:
            _keep_mlflow_local(runs)
        tracker = tracking.MLflowTracker(experiment_name=output.name)
    tracker.main_process_only = False  # this is the main process
    tracker.start()
    return tracker


def _local_trackio() -> dict[str, Any]:
    for name in ("TRACKIO_SPACE_ID", "TRACKIO_SERVER_URL"):
        os.environ.pop(name, None)
    return {"space_id": None}


def _local_wandb(runs: Path) -> dict[str, Any]:
    import_module("wandb")  # before a folder is made for it
    runs.mkdir(exist_ok=True)
    return {"mode": "offline", "dir": str(runs)}


def _keep_mlflow_local(runs: Path) -> None:
    import mlflow

    runs.mkdir(exist_ok=True)
    mlflow.set_tracking_uri(f"sqlite:///{runs.absolute() / 'mlflow.db'}")


def _scores(row: Row) -> dict[str, float]:
    """The scores of a row that are defined, named by the fold if there are several."""
    prefix = f"fold {row['fold']}/" if "fold" in row else ""
    return {prefix + name: value for name, value in row.items() if value is not None and name not in ("epoch", "fold")}


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings of the types that every tracker takes."""
    return {
        name: value if isinstance(value, bool | int | float | str) else str(value) for name, value in settings.items()
    }
