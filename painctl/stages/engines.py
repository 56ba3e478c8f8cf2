"""engines: what each stage can be done with on this machine. What needs more than painctl's own packages is tried."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from painctl.records import Camera


@dataclass(frozen=True)
class Engine:
    """One way to do a stage."""

    stage: str  # the subcommands
    name: str  # as its option takes it
    works: bool
    note: str  # what is missing and how to get it; or what to know


def survey() -> Iterator[Engine]:
    """Every engine with whether it works here, in the order of the pipeline. Nothing is fetched or built."""
    yield _tried("sample-ids", "anny", _head)
    yield _tried("sample-ids", "flame", _flame)
    yield _tried("render-depth, render-views", "opencv", partial(_triangle, "opencv", "cpu"))
    for device in ("cpu", "cuda"):
        name = f"pytorch3d --device {device}"
        yield _tried("render-depth, render-views", name, partial(_triangle, "pytorch3d", device))
    yield Engine("synth-neutral", "procedural", True, "")
    yield _tried("synth-neutral", "kandinsky", partial(_kandinsky, "CONTROLNET"))
    yield _tried("render-views", "--inpaint kandinsky", partial(_kandinsky, "INPAINT"))
    yield Engine("texture", "procedural, bake", True, "")
    yield _tried("texture", "hunyuan3d", _hunyuan)
    yield Engine("rig", "blendshapes", True, "")
    yield _tried("rig", "neural", _neural_rig)
    yield Engine("pretrain, cv", "compact", True, "")
    for size in ("S", "B", "L"):
        yield _tried("pretrain, cv", size, partial(_backbone, size))
    yield _tried("pretrain, cv, predict", "--device cuda", _cuda)


def _tried(stage: str, name: str, trial: Callable[[], str]) -> Engine:
    """An engine by its trial, which gives a note or raises what is missing."""
    try:
        return Engine(stage, name, True, trial())
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        return Engine(stage, name, False, " ".join(str(error).split()))


def _head() -> str:
    from importlib.util import find_spec

    from painctl.face.head import VERSION
    from painctl.files.cache import read_arrays

    if read_arrays(VERSION) is not None:
        return ""
    if find_spec("anny") is None:
        raise ImportError("no anny package; pip install painctl")
    return "the first run builds the head, about a minute"


def _flame() -> str:
    from painctl.face.flame.head import licence
    from painctl.face.flame.model_file import MODELS, read_flame
    from painctl.face.flame.texture_layout import find_template, read_layout

    named = os.environ.get("PAINCTL_FLAME")
    if not named:
        raise OSError(f"no model; name {MODELS} with --flame or PAINCTL_FLAME; flame.is.tue.mpg.de has them")
    path = Path(named)
    read_layout(find_template(path, None), read_flame(path).faces)
    return f"{path}, under {licence(path)}"


def _triangle(renderer: str, device: str) -> str:
    """A triangle over the whole picture, seen or not."""
    from painctl.render.rasterisers import rasteriser

    camera = Camera(np.array([[8.0, 0, 4], [0, 8, 4], [0, 0, 1]]), np.diag([1.0, -1, -1, 1]), 8)
    corners = np.array([[-9, -9, -1], [9, -9, -1], [0, 9, -1]], np.float32)
    seen = rasteriser(renderer, device).visible_faces(corners, np.array([[0, 1, 2]], np.int32), camera)
    if not (seen == 0).all():
        raise RuntimeError("it does not see a triangle before it")
    return "seconds a frame" if (renderer, device) == ("pytorch3d", "cpu") else ""


def _hunyuan() -> str:
    """Every piece but the loading itself, in the checkout's own Python."""
    from painctl.appearance.hunyuan.checkout import find_checkout
    from painctl.appearance.hunyuan.licence import LICENCE
    from painctl.appearance.hunyuan.painter import Painter

    with Painter(find_checkout(), time_limit=120) as painter:
        painter.check()
    return LICENCE


def _kandinsky(decoder: str) -> str:
    """The published weights are looked for; those of a local folder its owner knows."""
    from painctl.diffusion import hub
    from painctl.diffusion.pipelines import Machine

    hub.require_diffusers()
    for pipeline in (hub.PRIOR, getattr(hub, decoder)):
        hub.located(pipeline)
    return "minutes a picture" if Machine().resolved().device == "cpu" else ""


def _neural_rig() -> str:
    from importlib.util import find_spec

    from painctl.rig.neural.weights import read, shipped

    if find_spec("robust_laplacian") is None:
        raise ImportError("no robust-laplacian package; pip install painctl")
    read(shipped())
    return ""


def _backbone(size: str) -> str:
    from painctl.vitpain.backbones import located

    return str(located(size))


def _cuda() -> str:
    import torch

    torch.empty(1, device="cuda")
    return torch.cuda.get_device_name()
