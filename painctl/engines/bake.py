"""Textures projected back from the portrait through its camera."""

from __future__ import annotations

from painctl.appearance.bake import bake
from painctl.engines.interfaces import TextureRequest
from painctl.engines.procedural_textures import ProceduralTextures
from painctl.records import Textures
from painctl.render.frame import MASK_HEAD
from painctl.render.rasterise_opencv import OpenCVRasteriser


class BakedTextures(ProceduralTextures):
    """The portrait's colours where the camera saw the skin, the procedural textures elsewhere."""

    def paint(self, request: TextureRequest) -> Textures:
        portrait, camera = request.portrait, request.camera
        assert portrait is not None
        assert camera is not None
        depth = OpenCVRasteriser()(request.vertices, request.topology.faces, camera).depth
        unseen = super().paint(request)
        return bake(
            portrait.image, portrait.mask == MASK_HEAD, camera, request.vertices, request.topology, unseen, depth
        )


def probe() -> str:
    return ""


def build() -> BakedTextures:
    return BakedTextures()
