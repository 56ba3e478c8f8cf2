"""rig-train: the neural rig, trained on people of the open head."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from painctl.files.publish import atomic_write
from painctl.rig.neural.training import RigTrainingSettings, RunOptions
from painctl.rig.neural.training_run import train_rig
from painctl.rig.neural.weights import encode
from painctl.runs.devices import choose_device


def rig_train(
    output: Path,
    settings: RigTrainingSettings,
    command: str,
    *,
    device: str = "cpu",
    seconds: float = 60,
    say: Callable[[str], None] = lambda _: None,
    tick: Callable[[], None] = lambda: None,
    log: Callable[[int, dict[str, float]], None] = lambda step, losses: None,
) -> None:
    """Train the neural rig and write it to `output`, complete or absent.

    The state of the run is saved in `output`.partial every so many `seconds`; the same call resumes from it. `command`
    is recorded with the weights. Raises ValueError for a `device` that is not available.
    """
    state = output.with_name(f"{output.name}.partial")
    run = RunOptions(state, choose_device(device), seconds, tick, log)
    atomic_write(output, encode(train_rig(settings, command, run, say)))
    state.unlink()
