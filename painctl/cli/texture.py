"""painctl texture."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.transform import run_step


class Engine(str, Enum):
    """The open texture engines."""

    procedural = "procedural"
    bake = "bake"


def command(
    inputs: options.Inputs = None,
    output: options.Output = None,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            help="procedural: from the person's appearance parameters. bake: from the portrait, back-projected "
            "through its camera; what the camera could not see is mirrored and filled.",
        ),
    ] = Engine.procedural,
    size: Annotated[int, typer.Option("--size", min=128, max=4096, help="Width and height in texels.")] = 1024,
    overwrite: options.Overwrite = False,
    retry_failed: options.Retry = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Make albedo, normal and roughness maps.

    Example: painctl texture --engine bake portraits.h5 -o textures.h5
    """

    def step():
        from painctl.stages import texture

        return texture.step(engine=engine.value, size=size)

    run_step(step, inputs, output, overwrite, retry_failed, task)
