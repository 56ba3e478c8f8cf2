"""painctl rig-train."""

from __future__ import annotations

import os
import shlex
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.errors import tell
from painctl.cli.inout import data_stdout
from painctl.cli.progress import Progress
from painctl.cli.training import Device, DeviceOption
from painctl.records import UsageError


class Actions(str, Enum):
    """What the rig can be asked for."""

    pain = "pain"
    arkit = "arkit"


def command(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="Where the weights go, a name that ends in .safetensors."),
    ] = Path("neural-rig.safetensors"),
    people: Annotated[int, typer.Option("--people", min=1, max=10_000, help="People it is taught on.")] = 80,
    steps: Annotated[
        int, typer.Option("--steps", min=1, max=10_000_000, help="Steps of training, four heads each.")
    ] = 200,
    learning_rate: Annotated[
        float, typer.Option("--learning-rate", min=1e-6, max=1.0, help="Of the first steps; it falls from there.")
    ] = 1e-4,
    actions: Annotated[
        Actions,
        typer.Option(
            "--actions",
            help="What it learns. pain: the six units as the open rig pulls them. arkit: all 52 actions of ARKit; "
            "--engine neural adds them up to units, which is coarser. No such weights come with painctl.",
        ),
    ] = Actions.pain,
    device: DeviceOption = Device.auto,
    seed: options.Seed = 0,
    save_every: Annotated[
        float, typer.Option("--save-every", metavar="SECONDS", min=0, help="Time between two states on disk.")
    ] = 60,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace earlier weights.")] = False,
    debug: options.Debug = False,
) -> None:
    """Train the neural rig, for rig --engine neural --weights FILE.

    People of the open head are drawn, triangulated in several ways, and made to pull faces by its blendshapes; the
    network learns to pull them on any head. Weights that are so trained come with painctl: this is for other seeds,
    people and times. A run that was killed goes on from OUTPUT.partial when the same command is given again, to the
    same weights on the same machine. It takes about a second a step on one core.

    Example: painctl rig-train --steps 2000 -o rig.safetensors
    """
    if output.suffix != ".safetensors":
        raise UsageError(f"-o {output}: the name of the weights ends in .safetensors")
    if output.exists() and not overwrite:
        raise UsageError(f"{output}: is there already; --overwrite replaces it")
    if not output.parent.is_dir():
        raise UsageError(f"{output.parent}: no such folder")

    # it goes into the weights, which others get: without the folder that they were written to
    typed = shlex.join(["painctl", "rig-train", *(word.replace(str(output), output.name) for word in sys.argv[2:])])
    with data_stdout() as out, Progress("step", people + steps) as progress:
        from painctl.rig.neural.training import RigTrainingSettings
        from painctl.stages.rig_train import rig_train

        def log(step: int, losses: dict[str, float]) -> None:
            tell(f"step {step}: " + ", ".join(f"{name} {loss:.3f}" for name, loss in losses.items()))

        settings = RigTrainingSettings(steps, people, seed, learning_rate, actions.value)
        rig_train(
            output, settings, typed, device=device.value, seconds=save_every, say=tell, tick=progress.tick, log=log
        )
        out.write(os.fsencode(output) + b"\n")
