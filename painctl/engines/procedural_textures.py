"""Textures from a person's appearance parameters alone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from painctl.appearance.procedural import procedural
from painctl.engines.interfaces import TextureRequest
from painctl.records import Textures


class ProceduralTextures(AbstractContextManager["ProceduralTextures"]):
    """Skin, eyes, brows and hair painted by the person's parameters."""

    record: Mapping[str, Any] = {}

    def __exit__(self, *_: object) -> None:
        pass

    def paint(self, request: TextureRequest) -> Textures:
        return procedural(request.person, request.topology, request.vertices, request.size, request.own)


def probe() -> str:
    return ""


def build() -> ProceduralTextures:
    return ProceduralTextures()
