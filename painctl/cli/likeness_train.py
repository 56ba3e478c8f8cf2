"""painctl likeness-train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.arithmetic import limit_threads
from painctl.cli.output import Output
from painctl.cli.training import AnyMachine, OneThread, SaveEvery, check_weights_file
from painctl.extras import require
from painctl.stages import SAVE_EVERY


def command(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="Dataset of `painctl pack`.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="File for the weights; its name must end in .safetensors."),
    ] = Path("encoder.safetensors"),
    epochs: Annotated[int, typer.Option("--epochs", min=1, max=10_000, help="Passes over the frames.")] = 12,
    seed: options.Seed = 0,
    threads: OneThread = None,
    save_every: SaveEvery = SAVE_EVERY,
    any_machine: AnyMachine = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing encoder.")] = False,
) -> None:
    """Train the face encoder, by which predict notices pictures of two people.

    painctl comes with one. This command makes it again, or another to use in your own code
    (painctl.likeness.weights.ENCODER_FILE.read); predict has no option for it. It learns to tell apart the people of a
    dataset, each frame shown as another camera might have shown it. Rerun the same command to resume an interrupted run
    from OUTPUT.partial; the final weights are the same. A finished run is skipped.

    Example: painctl likeness-train dataset.h5 -o encoder.safetensors
    """
    require("train", "likeness-train", "torch", "sklearn")
    check_weights_file(output)
    limit_threads(threads, few=True)

    from painctl.stages.likeness_train import Saving, run

    with Output("epoch") as out:
        run(dataset, output, epochs, seed, Saving(save_every, any_machine, overwrite), out)
        out.path(output)
