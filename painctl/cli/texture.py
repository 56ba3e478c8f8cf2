"""painctl texture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import options
from painctl.cli.output import Output
from painctl.cli.shards import run_step
from painctl.cli.splice import splice
from painctl.cli.verbosity import shows_tracebacks
from painctl.records import UsageError
from painctl.stages import TEXELS

if TYPE_CHECKING:
    from painctl.stages.step import Step

_HUNYUAN = "hunyuan3d"


@splice
def command(
    shards: options.ShardOptions,
    engine: Annotated[
        str,
        options.engine_option(
            "texture",
            "procedural: from the person's appearance parameters. bake: back-projected from the portrait through its "
            "camera; areas not visible in it are mirrored or filled in. hunyuan3d: painted from the portrait by "
            "Hunyuan3D-Paint 2.1, in your own checkout.",
        ),
    ] = options.TEXTURE,
    size: Annotated[int, typer.Option("--size", min=128, max=4096, help="Width and height in texels.")] = TEXELS,
    hunyuan: Annotated[
        Path | None,
        typer.Option(
            "--hunyuan",
            metavar="DIR",
            help="Checkout of Tencent-Hunyuan/Hunyuan3D-2.1 for --engine hunyuan3d, installed as its README describes.",
            show_default="PAINCTL_HUNYUAN",
        ),
    ] = None,
    hunyuan_python: Annotated[
        Path | None,
        typer.Option(
            "--hunyuan-python",
            metavar="FILE",
            help="Python interpreter with the checkout's packages.",
            show_default="PAINCTL_HUNYUAN_PYTHON, or that of the checkout's .venv",
        ),
    ] = None,
    accept_licence: Annotated[
        bool,
        typer.Option("--accept-licence", help="Confirm that Hunyuan3D's licence permits your use, in your country."),
    ] = False,
    allow_download: Annotated[
        bool, typer.Option("--allow-download", help="Let the checkout download its weights from the hub.")
    ] = False,
    time_limit: Annotated[
        float,
        typer.Option(
            "--time-limit",
            metavar="SECONDS",
            min=1,
            help="Time limit for loading Hunyuan3D, and for painting each person.",
        ),
    ] = 1800,
) -> None:
    """Make albedo, normal and roughness maps.

    Hunyuan3D-Paint is loaded once, in its own process, for all people of all shards. Eyes, mouth, normals and any area
    it could not paint come from the procedural engine. Hunyuan3D's licence must be accepted; it is printed, and
    recorded in the shards and in the card written by `pack`.

    Example: painctl texture --engine bake portraits.h5 -o textures.h5
    """
    engine_options = {
        "checkout": hunyuan,
        "python": hunyuan_python,
        "accept_licence": accept_licence,
        "allow_download": allow_download,
        "time_limit": time_limit,
    }
    if engine != _HUNYUAN and (hunyuan or hunyuan_python or accept_licence or allow_download):
        raise UsageError(
            "--hunyuan, --hunyuan-python, --accept-licence and --allow-download are only used by --engine hunyuan3d; "
            "add it, or leave them out"
        )

    def build(output: Output) -> Step:
        from painctl.stages.texture import Texture

        is_hunyuan = engine == _HUNYUAN
        return Texture(
            engine, size, {**engine_options, "verbose": shows_tracebacks(), "reporter": output} if is_hunyuan else {}
        )

    run_step(build, shards)
