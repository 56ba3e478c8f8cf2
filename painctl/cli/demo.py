"""painctl demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.output import Output
from painctl.extras import require
from painctl.stages import THEME


def command(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for everything the demo makes.")
    ] = Path("demo"),
    seed: options.Seed = 7,
    theme: options.Theme = THEME,
) -> None:
    """Run the whole pipeline on a few people.

    Keeps every intermediate shard. Ends with a contact sheet (the neutral face and rising PSPI in three views, with
    heatmaps), a small trained model, and its prediction, as numbers and as a picture, for a person held out of
    training. Takes a few minutes on two cores.

    Example: painctl demo -o demo
    """
    require("train", "demo")
    with Output() as out:
        from painctl.stages.demo import demo

        for path in demo(output, seed, theme, out):
            out.path(path)
