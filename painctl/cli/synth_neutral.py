"""painctl synth-neutral."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import kandinsky, options
from painctl.cli.output import Output
from painctl.cli.shards import run_step
from painctl.cli.splice import splice

if TYPE_CHECKING:
    from painctl.stages.step import Step

_KANDINSKY = "kandinsky"


@splice
def command(
    shards: options.ShardOptions,
    engine: Annotated[
        str,
        options.engine_option(
            "portrait",
            "procedural: painted and rendered. kandinsky: drawn over the depth map by Kandinsky 2.2's prior and "
            "depth ControlNet, following the person's prompt. It takes the options listed below.",
        ),
    ] = options.PORTRAIT,
    retries: Annotated[
        int | None,
        typer.Option(
            "--retries",
            min=0,
            max=100,
            help="How many times to redraw a portrait whose face does not match the depth map, each time with the "
            "next seed, before the person is listed as failed.",
            show_default="3",
        ),
    ] = None,
    agreement: Annotated[
        float | None,
        typer.Option(
            "--agreement",
            min=0,
            max=1,
            help="How well the face must match the outline of the depth map: the share of displaced copies of the "
            "outline that must fit the portrait worse. 0 accepts every portrait.",
            show_default="0.95",
        ),
    ] = None,
    decoder: kandinsky.Controlnet = None,
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            metavar="DEVICE",
            help="Device for --engine kandinsky, such as cpu, cuda or cuda:1.",
            show_default="the GPU if there is one",
        ),
    ] = None,
    *,
    painting: kandinsky.KandinskyOptions,
) -> None:
    """Make a frontal neutral portrait of each person.

    The portrait is aligned with the depth map. The open engine paints procedural skin, eyes, brows and lips to match
    the person's age and ethnicity, then lights and shades the head.

    Example: painctl synth-neutral depth.h5 -o portraits.h5
    """
    command_options = {"retries": retries, "agreement": agreement, "device": device, "decoder": decoder}
    if engine != _KANDINSKY:
        painting.reject_given("--engine kandinsky", **command_options)

    def build(output: Output) -> Step:
        from painctl.stages.synth_neutral import SynthNeutral

        return SynthNeutral(engine, painting.given(**command_options) if engine == _KANDINSKY else {})

    run_step(build, shards)
