"""painctl align-train."""

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
    ] = Path("aligner.safetensors"),
    epochs: Annotated[int, typer.Option("--epochs", min=1, max=10_000, help="Passes over the frames.")] = 20,
    seed: options.Seed = 0,
    threads: OneThread = None,
    save_every: SaveEvery = SAVE_EVERY,
    any_machine: AnyMachine = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing aligner.")] = False,
) -> None:
    """Train the aligner, which locates the landmarks of faces.

    painctl comes with one, which predict uses to straighten faces, and to say how far they are turned and hidden. This
    command makes it again, or another to use in your own code (painctl.aligner.weights.read); predict has no option for
    it yet. It is trained on the exact landmarks of a dataset's frames, each shown as another camera might have shown
    it, about 4 ms a frame and pass on one core. Rerun the same command to resume an interrupted run from
    OUTPUT.partial; the final weights are the same. A finished run is skipped.

    Example: painctl align-train dataset.h5 -o aligner.safetensors
    """
    require("train", "align-train", "torch")
    check_weights_file(output)
    limit_threads(threads, few=True)

    from painctl.stages.align_train import Saving, run

    with Output("epoch") as out:
        run(dataset, output, epochs, seed, Saving(save_every, any_machine, overwrite), out)
        out.path(output)
