"""painctl texture."""

from __future__ import annotations

from contextlib import nullcontext
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import options
from painctl.cli.errors import tell
from painctl.cli.transform import run_step
from painctl.records import UsageError

if TYPE_CHECKING:
    from painctl.appearance.hunyuan.painter import Painter


class Engine(str, Enum):
    """The texture engines."""

    procedural = "procedural"
    bake = "bake"
    hunyuan3d = "hunyuan3d"


def command(
    inputs: options.Inputs = None,
    output: options.Output = None,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            help="procedural: from the person's appearance parameters. bake: from the portrait, back-projected "
            "through its camera; what the camera could not see is mirrored and filled. hunyuan3d: painted by "
            "Hunyuan3D-Paint 2.1 after the portrait, in a checkout of yours.",
        ),
    ] = Engine.procedural,
    size: Annotated[int, typer.Option("--size", min=128, max=4096, help="Width and height in texels.")] = 1024,
    hunyuan: Annotated[
        Path | None,
        typer.Option(
            "--hunyuan",
            metavar="DIR",
            help="Checkout of Tencent-Hunyuan/Hunyuan3D-2.1 for --engine hunyuan3d, installed as its README says.",
            show_default="PAINCTL_HUNYUAN",
        ),
    ] = None,
    hunyuan_python: Annotated[
        Path | None,
        typer.Option(
            "--hunyuan-python",
            metavar="FILE",
            help="The Python that has the checkout's packages.",
            show_default="PAINCTL_HUNYUAN_PYTHON, or that of the checkout's .venv",
        ),
    ] = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="You may use Hunyuan3D where you are, and for what you do.")
    ] = False,
    allow_download: Annotated[
        bool, typer.Option("--allow-download", help="Let the checkout fetch its weights from the hub.")
    ] = False,
    time_limit: Annotated[
        float,
        typer.Option(
            "--time-limit", metavar="SECONDS", min=1, help="Longest that Hunyuan3D may load, or paint a person."
        ),
    ] = 1800,
    overwrite: options.Overwrite = False,
    retry_failed: options.Retry = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Make albedo, normal and roughness maps.

    Hunyuan3D-Paint is loaded once, in a process of its own, for all people of all shards. Eyes, mouth, normals and
    what it could not paint are the procedural engine's. Its licence is told, recorded in the shards and in the card of
    `pack`, and has to be accepted.

    Example: painctl texture --engine bake portraits.h5 -o textures.h5
    """
    painter = None
    if engine is Engine.hunyuan3d:
        painter = _painter(hunyuan, hunyuan_python, accept_licence, allow_download, time_limit, debug)
    elif hunyuan or hunyuan_python or accept_licence or allow_download:
        raise UsageError("--hunyuan and what goes with it are for --engine hunyuan3d; add it, or leave them out")
    with painter or nullcontext():

        def step():
            from painctl.stages import texture

            return texture.step(engine.value, size, painter)

        run_step(step, inputs, output, overwrite, retry_failed, task)


def _painter(
    folder: Path | None, python: Path | None, accepted: bool, allow_download: bool, time_limit: float, debug: bool
) -> Painter:
    from painctl.appearance.hunyuan.checkout import find_checkout
    from painctl.appearance.hunyuan.licence import LICENCE
    from painctl.appearance.hunyuan.painter import Painter

    if not accepted:
        raise UsageError(f"{LICENCE}. If you may, and will keep to it, add --accept-licence")
    checkout = find_checkout(folder, python)
    tell(LICENCE)
    return Painter(checkout, time_limit, allow_download, aloud=debug, say=tell)
