"""Textures painted after the portrait by Hunyuan3D-Paint 2.1, in the user's checkout."""

from __future__ import annotations

from pathlib import Path

from painctl.appearance.hunyuan.checkout import find_checkout
from painctl.appearance.hunyuan.licence import LICENCE
from painctl.appearance.hunyuan.paint import paint
from painctl.appearance.hunyuan.painter import Painter
from painctl.engines.interfaces import TextureRequest
from painctl.engines.procedural_textures import ProceduralTextures
from painctl.records import Reporter, Textures, UsageError

_PROBE_SECONDS = 120


class HunyuanTextures(ProceduralTextures):
    """Runs the paint pipeline in a separate process, loaded once; areas it does not paint are procedural."""

    def __init__(self, painter: Painter) -> None:
        self.record = painter.record
        self._painter = painter

    def __enter__(self) -> HunyuanTextures:
        self._painter.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._painter.__exit__(*error)

    def paint(self, request: TextureRequest) -> Textures:
        portrait = request.portrait
        assert portrait is not None
        unpainted = super().paint(request)
        return paint(self._painter, portrait.image, portrait.mask > 0, request.vertices, request.topology, unpainted)


def probe() -> str:
    """Checks everything but the weights, in the checkout's own Python; returns the licence."""
    with Painter(find_checkout(), time_limit=_PROBE_SECONDS) as painter:
        painter.check()
    return LICENCE


def build(
    reporter: Reporter,
    checkout: Path | None,
    python: Path | None,
    accept_licence: bool,
    allow_download: bool,
    time_limit: float,
    verbose: bool,
) -> HunyuanTextures:
    """The engine of a checkout, see `find_checkout` and `Painter`.

    Raises UsageError if the licence is not accepted, FileNotFoundError if the checkout or its Python is missing.
    """
    if not accept_licence:
        raise UsageError(f"{LICENCE}. If your use is permitted and you will comply, add --accept-licence")
    located = find_checkout(checkout, python)
    reporter.say(LICENCE)
    return HunyuanTextures(Painter(located, time_limit, allow_download, verbose=verbose, say=reporter.say))
