"""Textures projected back from the portrait through its camera."""

from __future__ import annotations

from painctl.appearance.bake import Portrait, bake
from painctl.engines.interfaces import TextureRequest
from painctl.engines.procedural_textures import ProceduralTextures
from painctl.records import Textures
from painctl.render.frame import MASK_HEAD
from painctl.render.rasterise_opencv import OpenCVRasteriser


class BakedTextures(ProceduralTextures):
    """The portrait's colours where the camera saw the skin, the procedural textures elsewhere."""

    def paint(self, request: TextureRequest) -> Textures:
        picture, camera = request.portrait, request.camera
        assert picture is not None
        assert camera is not None
        depth = OpenCVRasteriser()(request.vertices, request.topology.faces, camera).depth
        portrait = Portrait(picture.image, picture.mask == MASK_HEAD, depth, camera)
        return bake(portrait, request.vertices, request.topology, super().paint(request))


def probe() -> str:
    return ""


def build() -> BakedTextures:
    return BakedTextures()
