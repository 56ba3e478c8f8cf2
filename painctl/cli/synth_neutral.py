"""painctl synth-neutral."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from painctl.cli import kandinsky, options
from painctl.cli.transform import run_step


class Engine(str, Enum):
    """Who makes the portrait."""

    procedural = "procedural"
    kandinsky = "kandinsky"


def command(
    inputs: options.Inputs = None,
    output: options.Output = None,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            help="procedural: painted and rendered. kandinsky: drawn onto the depth map by Kandinsky 2.2's prior and "
            "depth ControlNet after the person's prompt; the options below are its own.",
        ),
    ] = Engine.procedural,
    retries: Annotated[
        int | None,
        typer.Option(
            "--retries",
            min=0,
            max=100,
            help="How often a portrait whose face is not where the depth has it is drawn with the next seed before "
            "the person is listed as failed.",
            show_default="3",
        ),
    ] = None,
    agreement: Annotated[
        float | None,
        typer.Option(
            "--agreement",
            min=0,
            max=1,
            help="How well a face must lie on the depth's outline: the share of displaced outlines that fit the "
            "portrait worse. 0 takes every portrait.",
            show_default="0.95",
        ),
    ] = None,
    prior: kandinsky.Prior = None,
    prior_revision: kandinsky.PriorRevision = None,
    decoder: kandinsky.Controlnet = None,
    revision: kandinsky.Revision = None,
    allow_download: kandinsky.Download = False,
    steps: kandinsky.Steps = None,
    prior_steps: kandinsky.PriorSteps = None,
    guidance: kandinsky.Guidance = None,
    negative_prompt: kandinsky.Negative = None,
    batch_size: kandinsky.Batch = None,
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            metavar="DEVICE",
            help="Where it is drawn, as in cpu, cuda or cuda:1.",
            show_default="the GPU if there is one",
        ),
    ] = None,
    dtype: kandinsky.DtypeOption = None,
    offload: kandinsky.OffloadOption = None,
    attention_slicing: kandinsky.Slicing = False,
    overwrite: options.Overwrite = False,
    retry_failed: options.Retry = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Make a frontal neutral portrait of each person.

    It is aligned to the depth map. The open engine paints procedural skin, eyes, brows and lips after the person's
    age and ethnicity, then lights and shades the head.

    Example: painctl synth-neutral depth.h5 -o portraits.h5
    """
    asked = kandinsky.Asked.of(locals())
    if engine is Engine.procedural:
        asked.refuse("--engine kandinsky", retries=retries, agreement=agreement, device=device)

    def step():
        if engine is Engine.procedural:
            from painctl.stages import synth_neutral

            return synth_neutral.step()
        from painctl.diffusion.fit import ENOUGH
        from painctl.diffusion.hub import CONTROLNET
        from painctl.diffusion.prompts import NOT_IN_PORTRAITS
        from painctl.stages import kandinsky_portraits

        recipe = asked.recipe(CONTROLNET, device or "auto", NOT_IN_PORTRAITS)
        choice = kandinsky_portraits.Choice(
            ENOUGH if agreement is None else agreement, kandinsky_portraits.RETRIES if retries is None else retries
        )
        return kandinsky_portraits.step(recipe, choice)

    run_step(step, inputs, output, overwrite, retry_failed, task)
