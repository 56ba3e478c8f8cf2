"""painctl render-depth."""

from __future__ import annotations

from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.transform import run_step


def command(
    inputs: options.Inputs = None,
    output: options.Output = None,
    size: Annotated[int, typer.Option("--size", min=64, max=2048, help="Width and height in pixels.")] = 512,
    renderer: options.Renderer = options.RendererName.opencv,
    device: options.RendererDevice = "cpu",
    overwrite: options.Overwrite = False,
    retry_failed: options.Retry = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Render a frontal depth map of each neutral head.

    Near is bright, the background 0: the hint that a depth ControlNet wants. The camera and the metric range are
    kept with it.

    Example: painctl sample-ids -n 4 | painctl render-depth -o depth.h5
    """

    def step():
        from painctl.stages import render_depth

        return render_depth.step(size, renderer.value, device)

    run_step(step, inputs, output, overwrite, retry_failed, task)
