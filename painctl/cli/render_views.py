"""painctl render-views."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import kandinsky, options
from painctl.cli.transform import run_step
from painctl.records import UsageError

_FARTHEST = 90.0  # degrees


class Inpaint(str, Enum):
    """Who paints what is about a face."""

    none = "none"
    kandinsky = "kandinsky"


class Picture(str, Enum):
    """How frames are encoded."""

    jpeg = "jpeg"
    png = "png"


def command(
    inputs: options.Inputs = None,
    output: options.Output = None,
    views: Annotated[
        int | None,
        typer.Option(
            "--views",
            min=1,
            max=99,
            help="Views a face. Without --yaw: frontal, then pairs to either side, evenly out to 30 degrees.",
            show_default="3, or the number of --yaw",
        ),
    ] = None,
    yaw: Annotated[
        str | None,
        typer.Option(
            "--yaw",
            metavar="DEG,...",
            help="Yaw of each view; positive turns the head to its own left.",
            show_default="0,-30,30",
        ),
    ] = None,
    pitch: Annotated[
        str, typer.Option("--pitch", metavar="DEG,...", help="Pitch of each view, or one for all; positive looks up.")
    ] = "0",
    jitter: Annotated[
        float,
        typer.Option("--jitter", min=0, max=15, help="Standard deviation of the seeded change of each angle, degrees."),
    ] = 2.0,
    size: Annotated[int, typer.Option("--size", min=64, max=2048, help="Width and height in pixels.")] = 512,
    picture: Annotated[Picture, typer.Option("--format", help="Encoding of the pictures.")] = Picture.jpeg,
    backgrounds: Annotated[
        Path | None,
        typer.Option(
            "--backgrounds",
            metavar="DIR",
            help="Your own JPEG or PNG pictures behind the heads, one of those in the folder for each frame.",
            show_default="painted places",
        ),
    ] = None,
    renderer: options.Renderer = options.RendererName.opencv,
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            metavar="DEVICE",
            help="Where --renderer pytorch3d and --inpaint kandinsky work, as in cpu, cuda or cuda:1.",
            show_default="cpu; the GPU, if there is one, for --inpaint",
        ),
    ] = None,
    inpaint: Annotated[
        Inpaint,
        typer.Option(
            "--inpaint",
            help="kandinsky: background and hair are painted about the rendered face by Kandinsky 2.2's inpainting, "
            "the face itself never; the options below are its own.",
        ),
    ] = Inpaint.none,
    prior: kandinsky.Prior = None,
    prior_revision: kandinsky.PriorRevision = None,
    decoder: kandinsky.Inpainting = None,
    revision: kandinsky.Revision = None,
    allow_download: kandinsky.Download = False,
    steps: kandinsky.Steps = None,
    prior_steps: kandinsky.PriorSteps = None,
    guidance: kandinsky.Guidance = None,
    negative_prompt: kandinsky.Negative = None,
    batch_size: kandinsky.Batch = None,
    dtype: kandinsky.DtypeOption = None,
    offload: kandinsky.OffloadOption = None,
    attention_slicing: kandinsky.Slicing = False,
    overwrite: options.Overwrite = False,
    retry_failed: options.Retry = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Render every face from several angles.

    Each frame has its own seeded light and background, and holds the picture, the head's mask, the heatmap as a
    picture, 68 projected landmarks, and the camera.

    Example: painctl render-views --yaw 0,-45,45 faces.h5 -o frames.h5
    """
    asked = kandinsky.Asked.of(locals())
    if inpaint is Inpaint.none:
        asked.refuse("--inpaint kandinsky")
    elif backgrounds:
        raise UsageError("--backgrounds and --inpaint: Kandinsky paints the background; leave one out")
    yaws = _degrees("--yaw", yaw) if yaw else _spread(views or 3)
    pitches = _degrees("--pitch", pitch)
    if len(pitches) == 1:
        pitches *= len(yaws)
    if views is not None and len(yaws) != views:
        raise UsageError(f"--views {views}, but --yaw names {len(yaws)}; leave --views out")
    if len(pitches) != len(yaws):
        raise UsageError(f"--pitch names {len(pitches)} angles for {len(yaws)} views; give one, or one a view")

    def step():
        from painctl.render.backdrops import Backdrops
        from painctl.stages import render_views

        surroundings = None
        if inpaint is Inpaint.kandinsky:
            from painctl.diffusion.hub import INPAINT
            from painctl.diffusion.prompts import NOT_ABOUT_FACES
            from painctl.diffusion.surroundings import Surroundings

            surroundings = Surroundings(asked.recipe(INPAINT, device or "auto", NOT_ABOUT_FACES))
        renders_on = device or "cpu"
        if surroundings and renderer is options.RendererName.opencv:
            renders_on = "cpu"  # --device is Kandinsky's
        pictures = Backdrops(backgrounds) if backgrounds else None
        return render_views.step(
            yaws, pitches, jitter, size, picture.value, renderer.value, renders_on, pictures, surroundings
        )

    run_step(step, inputs, output, overwrite, retry_failed, task)


def _degrees(option: str, text: str) -> list[float]:
    try:
        angles = [float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"{option} {text}: expected degrees with commas between, as in 0,-30,30") from None
    for angle in angles:
        if not abs(angle) <= _FARTHEST:
            raise UsageError(f"{option} {text}: {angle:g} is not between -90 and 90 degrees")
    return angles


def _spread(count: int) -> list[float]:
    """Frontal first, then pairs to either side, evenly out to 30 degrees."""
    pairs = count // 2
    sides = [30.0 * (pair + 1) / pairs for pair in range(pairs)]
    return [0.0, *(angle for side in sides for angle in (-side, side))][:count]
