"""rig-train: the neural rig, trained on people of the open head."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painctl.files.lock import only_writer
from painctl.files.publish import atomic_write
from painctl.records import Reporter, UsageError
from painctl.runs.processes import process_count
from painctl.runs.rerun import require_same_training, say_where_saved

if TYPE_CHECKING:
    from painctl.rig.neural.training import RigTrainingSettings, RunOptions


@dataclass(frozen=True)
class Request:
    """The options that determine the weights."""

    steps: int
    people: int
    seed: int
    learning_rate: float
    actions: str  # pain or arkit


@dataclass(frozen=True)
class Saving:
    """Where the rig is trained, and how its unfinished state is saved and resumed."""

    device: str
    interval: float  # seconds between saved states
    any_machine: bool  # resume what another kind of machine began
    overwrite: bool  # replace other weights


def run(output: Path, request: Request, saving: Saving, command: str, reporter: Reporter) -> None:
    """Train the neural rig and write it to `output`, complete or absent. Rerunning it resumes from `output`.partial.

    A finished run is skipped. `command` is recorded with the weights. Raises UsageError if `output` is something else
    or if torchrun started several processes, and ValueError for a device that is not available, or if another process
    is writing `output`.
    """
    if process_count() > 1:
        raise UsageError("rig-train is trained by one process; start it without torchrun")
    with only_writer(output):
        _train_once(output, request, saving, command, reporter)


def _train_once(output: Path, request: Request, saving: Saving, command: str, reporter: Reporter) -> None:
    """Train the rig, unless it has been trained already."""
    # torch is imported from here on, once the output is known to be writable
    from painctl.rig.neural.training import RigTrainingSettings, RunOptions
    from painctl.runs.devices import choose_device

    settings = RigTrainingSettings(request.steps, request.people, request.seed, request.learning_rate, request.actions)
    device = choose_device(saving.device)

    def log(step: int, losses: dict[str, float]) -> None:
        reporter.say(f"step {step}: " + ", ".join(f"{name} {loss:.3f}" for name, loss in losses.items()))

    state = output.with_name(f"{output.name}.partial")
    options = RunOptions(state, device, saving.interval, saving.any_machine, reporter.tick, log)
    if output.exists() and not saving.overwrite:
        _require_same_training(output, settings)
        reporter.say(f"{output}: already trained, nothing to do")
        return
    reporter.expect(request.people + request.steps)
    with say_where_saved(state, reporter):
        _train(output, settings, command, options, reporter)


def _train(output: Path, settings: RigTrainingSettings, command: str, options: RunOptions, reporter: Reporter) -> None:
    from painctl.rig.neural.training_run import train_rig
    from painctl.rig.neural.weights import encode

    atomic_write(output, encode(train_rig(settings, command, options, reporter.say)))
    options.state.unlink()


def _require_same_training(output: Path, settings: RigTrainingSettings) -> None:
    """Raise UsageError unless a file has weights that were trained with these settings by this version."""
    from painctl.rig.neural.training_run import training_record
    from painctl.rig.neural.weights import read

    def about() -> dict[str, Any]:
        """How the weights were trained, but for the command as typed and the last digits."""
        recorded = {name: value for name, value in read(output).about.items() if name != "threads"}
        return {**recorded, "command": ""}

    require_same_training(output, "a rig", about, training_record(settings, ""))
