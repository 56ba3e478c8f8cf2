"""rig-train: the neural rig, trained on people of the open head."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from painctl.files.publish import atomic_write
from painctl.records import Reporter


@dataclass(frozen=True)
class Request:
    """The options of the command."""

    steps: int
    people: int
    seed: int
    learning_rate: float
    actions: str  # pain or arkit
    device: str
    save_every: float  # seconds


def run(output: Path, request: Request, command: str, reporter: Reporter) -> None:
    """Train the neural rig and write it to `output`, complete or absent. Rerunning it resumes from `output`.partial.

    `command` is recorded with the weights. Raises ValueError for a device that is not available.
    """
    from painctl.rig.neural.training import RigTrainingSettings, RunOptions
    from painctl.rig.neural.training_run import train_rig
    from painctl.rig.neural.weights import encode
    from painctl.runs.devices import choose_device

    settings = RigTrainingSettings(request.steps, request.people, request.seed, request.learning_rate, request.actions)
    reporter.expect(request.people + request.steps)

    def log(step: int, losses: dict[str, float]) -> None:
        reporter.say(f"step {step}: " + ", ".join(f"{name} {loss:.3f}" for name, loss in losses.items()))

    state = output.with_name(f"{output.name}.partial")
    options = RunOptions(state, choose_device(request.device), request.save_every, reporter.tick, log)
    atomic_write(output, encode(train_rig(settings, command, options, reporter.say)))
    state.unlink()
