"""painctl render-depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import options
from painctl.cli.output import Output
from painctl.cli.shards import run_step
from painctl.cli.splice import splice
from painctl.stages import SIZE

if TYPE_CHECKING:
    from painctl.stages.step import Step


@splice
def command(
    shards: options.ShardOptions,
    size: Annotated[int, typer.Option("--size", min=64, max=2048, help="Width and height in pixels.")] = SIZE,
    renderer: options.Renderer = options.RENDERER,
    device: options.RendererDevice = "cpu",
) -> None:
    """Render a frontal depth map of each neutral head.

    Near is bright and the background is 0, as a depth ControlNet expects. The camera and the metric depth range are
    stored with it.

    Example: painctl sample-ids -n 4 | painctl render-depth -o depth.h5
    """

    def build(output: Output) -> Step:
        from painctl.stages.render_depth import RenderDepth

        return RenderDepth(size, renderer, device)

    run_step(build, shards)
