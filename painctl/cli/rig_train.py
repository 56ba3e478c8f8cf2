"""painctl rig-train."""

from __future__ import annotations

import shlex
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.arithmetic import limit_threads
from painctl.cli.output import Output
from painctl.cli.sources import effective_words
from painctl.cli.training import AnyMachine, Device, DeviceOption, OneThread, SaveEvery, check_weights_file
from painctl.extras import require
from painctl.stages import SAVE_EVERY


class Actions(str, Enum):
    """The facial actions a rig is trained on."""

    pain = "pain"
    arkit = "arkit"


def command(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="File for the weights; its name must end in .safetensors."),
    ] = Path("neural-rig.safetensors"),
    people: Annotated[int, typer.Option("--people", min=1, max=10_000, help="People to train on.")] = 80,
    steps: Annotated[
        int, typer.Option("--steps", min=1, max=10_000_000, help="Training steps, four heads each.")
    ] = 200,
    learning_rate: Annotated[
        float, typer.Option("--learning-rate", min=1e-6, max=1.0, help="Initial learning rate; it decays from there.")
    ] = 1e-4,
    actions: Annotated[
        Actions,
        typer.Option(
            "--actions",
            help="What to learn. pain: the six action units, as the open rig moves them. arkit: all 52 ARKit "
            "actions, which --engine neural combines into action units, more coarsely. painctl comes with "
            "weights for pain only.",
        ),
    ] = Actions.pain,
    device: DeviceOption = Device.auto,
    seed: options.Seed = 0,
    threads: OneThread = None,
    save_every: SaveEvery = SAVE_EVERY,
    any_machine: AnyMachine = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace existing weights.")] = False,
) -> None:
    """Train the weights of the neural rig.

    For rig --engine neural --weights FILE. People are sampled from the open head, triangulated in several ways and
    deformed by its blendshapes; the network learns to deform any head in the same way. Weights trained like this come
    with painctl: this command is for other seeds, numbers of people and steps. Rerun the same command to resume an
    interrupted run from OUTPUT.partial, which is also saved when a signal stops it; the final weights are the same. A
    finished run is skipped. Takes about a second per step on one core.

    Example: painctl rig-train --steps 2000 -o rig.safetensors
    """
    require("train", "rig-train")
    check_weights_file(output)
    limit_threads(threads, few=True)

    from painctl.stages.rig_train import Request, Saving, run

    # recorded in the weights, which may be shared: leave out the folder they were written to
    words = (word.replace(str(output), output.name) for word in effective_words())
    typed = shlex.join(["painctl", "rig-train", *words])
    saving = Saving(device.value, save_every, any_machine, overwrite)
    with Output("step") as out:
        run(output, Request(steps, people, seed, learning_rate, actions.value), saving, typed, out)
        out.path(output)
