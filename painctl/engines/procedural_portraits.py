"""Portraits rendered from procedural textures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from painctl.appearance.procedural import procedural
from painctl.engines.interfaces import Portrait, PortraitRequest, paint_each
from painctl.render.frame import render_frame
from painctl.render.outfit import outfit
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject

_TEXELS = 1024


class ProceduralPortraits:
    """Paints a person's textures and renders the head with them."""

    def __init__(self, texels: int) -> None:
        self.record = {"texels": texels}
        self._texels = texels

    def paint(self, requests: Iterable[PortraitRequest]) -> Iterator[Portrait | Exception]:
        return paint_each(requests, self._paint)

    def _paint(self, request: PortraitRequest) -> Portrait:
        person, vertices = request.person, request.vertices
        textures = procedural(person, request.topology, vertices, self._texels)
        subject = Subject(request.topology, textures, vertices, outfit(person, request.topology, vertices))
        frame = render_frame(
            subject,
            vertices,
            np.zeros(len(vertices), np.float32),
            request.camera,
            scene=draw_scene(person.seed, person.identity, "portrait"),
            rasteriser=OpenCVRasteriser(),
        )
        return Portrait(frame.image, frame.mask)


def probe() -> str:
    return ""


def build(texels: int = _TEXELS) -> ProceduralPortraits:
    """The engine, whose textures have `texels` x `texels` texels."""
    return ProceduralPortraits(texels)
