"""painctl render-views."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import kandinsky, options
from painctl.cli.output import Output
from painctl.cli.shards import run_step
from painctl.cli.splice import splice
from painctl.records import UsageError
from painctl.stages import CAMERA, JITTER, NATURAL, OCCLUDED, OCCLUDERS, PICTURE, SIZE, YAWS

if TYPE_CHECKING:
    from painctl.stages.step import Step

_NO_INPAINTING = "none"
_FARTHEST = {"--yaw": 180.0, "--pitch": 90.0, "--roll": 90.0}  # degrees


class Picture(str, Enum):
    """Encoding of the frames."""

    jpeg = "jpeg"
    png = "png"


_PICTURE = Picture(PICTURE)


@splice
def command(
    shards: options.ShardOptions,
    views: Annotated[
        int | None,
        typer.Option(
            "--views",
            min=1,
            max=99,
            help="Views per face. Without --yaw: frontal, then pairs to either side, evenly spaced out to 30 degrees.",
            show_default="3, or the number of --yaw values",
        ),
    ] = None,
    yaw: Annotated[
        str | None,
        typer.Option(
            "--yaw",
            metavar="DEG,...",
            help="Yaw of each view, up to 180 either way; positive turns the head to its own left.",
            show_default="0,-30,30",
        ),
    ] = None,
    pitch: Annotated[
        str,
        typer.Option(
            "--pitch",
            metavar="DEG,...",
            help="Pitch of each view, or one value for all, up to 90 either way; positive looks up.",
        ),
    ] = "0",
    roll: Annotated[
        str | None,
        typer.Option(
            "--roll",
            metavar="DEG,...",
            help="Roll of each view, or one value for all, up to 90 either way: the head lies on its side; positive "
            "tilts it towards its left shoulder.",
            show_default="0, without jitter",
        ),
    ] = None,
    jitter: Annotated[
        float,
        typer.Option(
            "--jitter", min=0, max=15, help="Standard deviation of the seeded random change to each angle, in degrees."
        ),
    ] = JITTER,
    size: Annotated[int, typer.Option("--size", min=64, max=2048, help="Width and height in pixels.")] = SIZE,
    picture: Annotated[Picture, typer.Option("--format", help="Encoding of the pictures.")] = _PICTURE,
    camera: Annotated[
        str,
        typer.Option(
            "--camera",
            metavar="clean|varied|EFFECT,...",
            help="varied: pictures get photographic effects at random; no label changes. A list sets the effects of "
            "every picture: flash, side or backlight (one of these three); dark, cast, shake, grey, small, jpeg.",
        ),
    ] = CAMERA,
    backgrounds: Annotated[
        Path | None,
        typer.Option(
            "--backgrounds",
            metavar="DIR",
            help="Folder of your own JPEG or PNG pictures to put behind the heads, one chosen for each frame.",
            show_default="procedural scenes",
        ),
    ] = None,
    occluders: Annotated[
        str,
        typer.Option(
            "--occluders",
            metavar="none|natural|NAME,...",
            help="What is in front of and around the faces: natural draws glasses, masks, tubes, headwear and bedding "
            f"by person, or give names that every face has: {', '.join(OCCLUDERS)}.",
        ),
    ] = OCCLUDED,
    renderer: options.Renderer = options.RENDERER,
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            metavar="DEVICE",
            help="Device for --renderer pytorch3d and --inpaint kandinsky, such as cpu, cuda or cuda:1.",
            show_default="cpu; for --inpaint, the GPU if there is one",
        ),
    ] = None,
    inpaint: Annotated[
        str,
        options.engine_option(
            "inpaint",
            "kandinsky: Kandinsky 2.2 inpaints background and hair around the rendered face, never the face itself. "
            "It takes the options listed below.",
            none=_NO_INPAINTING,
        ),
    ] = _NO_INPAINTING,
    decoder: kandinsky.Inpainting = None,
    *,
    painting: kandinsky.KandinskyOptions,
) -> None:
    """Render every face from several angles.

    Each frame has its own seeded light and background. It holds the picture, the head's mask, the heatmap as a picture,
    68 projected landmarks, and the camera.

    Example: painctl render-views --yaw 0,-45,45 faces.h5 -o frames.h5
    """
    is_painted = inpaint != _NO_INPAINTING
    if not is_painted:
        painting.reject_given("--inpaint kandinsky", decoder=decoder)
    elif backgrounds:
        raise UsageError("--backgrounds and --inpaint both set the background; leave one out")
    elif camera != CAMERA:
        raise UsageError("--inpaint paints over finished pictures, which --camera would change; leave one out")
    yaws = _degrees("--yaw", yaw) if yaw else _spread(views or len(YAWS))
    pitches = _degrees("--pitch", pitch)
    if len(pitches) == 1:
        pitches *= len(yaws)
    rolls = _degrees("--roll", roll) if roll is not None else None
    if rolls and len(rolls) == 1:
        rolls *= len(yaws)
    if views is not None and len(yaws) != views:
        raise UsageError(f"--views {views}, but --yaw lists {len(yaws)}; leave --views out")
    for option, angles in (("--pitch", pitches), ("--roll", rolls)):
        if angles and len(angles) != len(yaws):
            raise UsageError(
                f"{option} lists {len(angles)} angles for {len(yaws)} views; give one for all, or one per view"
            )
    names = _occluders(occluders)

    def build(output: Output) -> Step:
        from painctl.stages.render_views import RenderViews, ViewOptions

        return RenderViews(
            ViewOptions(
                yaws=yaws,
                pitches=pitches,
                rolls=rolls,
                jitter=jitter,
                size=size,
                picture=picture.value,
                camera=camera,
                renderer=renderer,
                device=device if device and not (is_painted and renderer == "opencv") else "cpu",
                backgrounds=backgrounds,
                occluders=names,
                inpaint=inpaint if is_painted else None,
                inpaint_options=painting.given(decoder=decoder, device=device),
            )
        )

    run_step(build, shards)


def _degrees(option: str, text: str) -> list[float]:
    try:
        angles = [float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"{option} {text}: expected degrees separated by commas, such as 0,-30,30") from None
    for angle in angles:
        if not abs(angle) <= (farthest := _FARTHEST[option]):
            raise UsageError(f"{option} {text}: {angle:g} is not between -{farthest:g} and {farthest:g} degrees")
    return angles


def _occluders(text: str) -> list[str] | str:
    """`natural`, or the names of occluders in the order of `OCCLUDERS`."""
    if text == NATURAL:
        return NATURAL
    given = [] if text == "none" else [name.strip() for name in text.split(",")]
    for name in given:
        if name not in OCCLUDERS:
            raise UsageError(f"--occluders {text}: no {name!r}; choose none, natural or from {', '.join(OCCLUDERS)}")
    names = [name for name in OCCLUDERS if name in given]

    from painctl.stages.render_views import reject_clash

    reject_clash(names)
    return names


def _spread(count: int) -> list[float]:
    """Frontal first, then pairs to either side, evenly spaced out to 30 degrees."""
    pairs = count // 2
    sides = [max(YAWS) * (pair + 1) / pairs for pair in range(pairs)]
    return [0.0, *(angle for side in sides for angle in (-side, side))][:count]
