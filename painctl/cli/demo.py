"""painctl demo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.errors import tell
from painctl.cli.inout import data_stdout


def command(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for everything that the demo makes.")
    ] = Path("demo"),
    seed: options.Seed = 7,
    debug: options.Debug = False,
) -> None:
    """Run the whole chain on a few people.

    Keeps every intermediate shard, and ends with a contact sheet (neutral and rising PSPI in three views, with
    heatmaps), a small trained model, and its prediction for somebody it has not seen, with a picture. Takes a few
    minutes on two cores.

    Example: painctl demo -o demo
    """
    with data_stdout() as out:
        from painctl.stages.demo import demo

        demo(output, seed, tell)
        for name in ("sheet.png", "7-dataset.h5", "model", "prediction.png", "prediction.json"):
            out.write(os.fsencode(output / name) + b"\n")
