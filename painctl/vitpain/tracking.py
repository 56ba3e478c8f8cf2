"""The log of a training run, in the trackers that people watch: TensorBoard and trackio, through accelerate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from painctl.vitpain.processes import is_main
from painctl.vitpain.settings import Settings

Row = dict[str, Any]


@contextmanager
def tracked(tracker: str | None, output: Path, settings: Settings) -> Iterator[Callable[[Row], None]]:
    """A function that logs one row; to nowhere without a tracker, and from the first of several processes alone.

    TensorBoard writes into `output`.runs, trackio into its own local store. Raises ModuleNotFoundError that names the
    extra if the tracker is not installed.
    """
    if tracker is None or not is_main():
        yield lambda row: None
        return
    run = _begun(tracker, output)
    run.store_init_configuration(asdict(settings))
    steps = iter(range(1, 1 << 62))
    try:
        yield lambda row: run.log(row, step=next(steps))
    finally:
        run.finish()


def _begun(tracker: str, output: Path) -> Any:
    from accelerate.tracking import TensorBoardTracker, TrackioTracker

    try:
        if tracker == "tensorboard":
            made: Any = TensorBoardTracker(output.name, logging_dir=output.with_name(f"{output.name}.runs"))
        else:
            made = TrackioTracker(output.name)
        made.start()
    except ImportError as error:
        raise ModuleNotFoundError(f"--track {tracker}: {error}; pip install 'painctl[track]'") from None
    return made
