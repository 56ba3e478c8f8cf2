"""What a camera sees of a mouth between the lips, and how it looks there.

Teeth are visible only where the head itself shows the inside of its mouth. So none shows through closed lips or
through a cheek, however the face is deformed.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.mouth import INNER_LIPS, Mouth, OpenMouth, has_cavity, light_between_lips
from painctl.records import Camera, Topology
from painctl.render.camera import position_of
from painctl.render.lighting import Lighting
from painctl.render.planar import unit
from painctl.render.rasterise import GBuffer
from painctl.render.rasterise_opencv import rasterise_depth
from painctl.render.shading import ShadingPoints, shade

_AROUND = 0.065  # metres from the lips within which the head may hide the mouth
_THROUGH = 0.015  # metres behind a tooth: skin that is nearer than that is skin that the tooth is about to pierce
_TOUCHING = 0.0003  # metres that teeth may be behind the inside of the mouth
_DIFFUSED = np.float32(2.5)  # a lamp reaches all of what sees at least one part of the sky in so many
_CLOSED = np.float32(0.12)  # share of the light on what closes a mouth without a cavity: that of a throat


def inside_mouth(topology: Topology) -> np.ndarray:
    """The vertices of the tongue and of the inside of the mouth: bool [V]."""
    return np.max([topology.region(name) for name in ("mouth_inside", "tongue")], axis=0) > 0


def lamp_between_lips(open_sky: np.ndarray) -> np.ndarray:
    """The share [N] of a lamp's light that may reach points in the mouth, from their share of the sky's [N]."""
    return np.clip(_DIFFUSED * open_sky, 0, 1)


class MouthLight:
    """The light on the parts of a head that are inside its mouth, which maps of occlusion are too coarse for."""

    def __init__(self, topology: Topology, neutral: np.ndarray) -> None:
        """`neutral` [V, 3] is the head at rest."""
        self._topology = topology
        self._vertex = np.flatnonzero(inside_mouth(topology))
        self._share = np.float32(1) if has_cavity(topology, neutral) else _CLOSED

    def let_in(self, face: np.ndarray, normals: np.ndarray, open_sky: np.ndarray) -> None:
        """Set `open_sky` [V] of the inside of the mouth of a face [V, 3] with unit normals [V, 3]."""
        at = self._vertex
        open_sky[at] = self._share * light_between_lips(self._topology, face, face[at], normals[at])


class MouthView:
    """The triangles of a head that are inside its mouth, and those that may hide it."""

    def __init__(self, topology: Topology, neutral: np.ndarray) -> None:
        """`neutral` [V, 3] is the head at rest. Where its mesh has no cavity, teeth are drawn over what closes it."""
        self.inside = inside_mouth(topology)[topology.faces].any(axis=1)  # bool [F]
        middle = topology.landmarks(neutral)[INNER_LIPS].mean(axis=0)
        near = (np.linalg.norm(neutral - middle, axis=1) < _AROUND)[topology.faces].any(axis=1)
        kept = np.flatnonzero(self.inside | near)
        self._vertex, corners = np.unique(topology.faces[kept], return_inverse=True)
        corners = corners.reshape(-1, 3).astype(np.int32)
        inner = self.inside[kept]
        closing = np.zeros(len(kept), bool) if has_cavity(topology, neutral) else _closing(topology)[kept]
        self._outer, self._inner, self._closing = corners[~inner], corners[inner & ~closing], corners[closing]

    def square(self, gbuffer: GBuffer, lips: np.ndarray) -> tuple[int, int, int] | None:
        """Left, top and side of a square of pixels around what is seen of the inside; None where nothing is.

        `lips` [N, 2] are points of the lips in pixels.
        """
        size = len(gbuffer.face)
        left, top = np.clip(np.floor(lips.min(axis=0)).astype(int), 0, size)
        right, bottom = np.clip(np.ceil(lips.max(axis=0)).astype(int), 0, size)
        face = gbuffer.face[top:bottom, left:right]
        rows, columns = np.nonzero(self.inside[face] & (face >= 0))
        if not len(rows):
            return None
        side = min(size, int(max(np.ptp(rows), np.ptp(columns))) + 3)
        corner = (left + columns.min() - 1, top + rows.min() - 1)
        x, y = (int(np.clip(start, 0, size - side)) for start in corner)
        return x, y, side

    def surface(self, face: np.ndarray, camera: Camera) -> np.ndarray:
        """The depth beyond which the mouth of a face [V, 3] is hidden, metres: float32 [H, W].

        Infinite where the mouth is always seen, and minus infinity where the head is not.
        """
        vertices = face[self._vertex]
        parts = (self._outer, self._inner, self._closing)
        outer, inner, closing = (rasterise_depth(vertices, faces, camera) for faces in parts)
        surface = np.where(inner <= outer, inner + np.float32(_TOUCHING), outer - np.float32(_THROUGH))
        nearest = np.minimum(inner, outer)
        surface[closing < nearest] = np.inf
        surface[np.isinf(np.minimum(nearest, closing))] = -np.inf
        return surface


def _closing(topology: Topology) -> np.ndarray:
    """The triangles that close a mouth whose mesh ends behind the lips, bool [F].

    They join vertices that are equally far from the skin: those of the rim of the hole.
    """
    inside = inside_mouth(topology)
    reached, rings = ~inside, np.zeros(len(inside), int)
    while not reached.all():
        wider = topology.grown(reached, 1)
        if (wider == reached).all():
            break
        rings[wider & ~reached] = rings.max() + 1
        reached = wider
    around = rings[topology.faces]
    return (around[:, 0] > 0) & (around == around[:, :1]).all(axis=1)


def shade_mouth(mouth: Mouth, opened: OpenMouth, camera: Camera, lighting: Lighting) -> np.ndarray:
    """Radiance float32 [N, 3] of the vertices of an open mouth."""
    points = np.ascontiguousarray(opened.mesh.vertices.T)
    lit = lighting.key_shadow.light(opened.mesh.vertices)
    shading = ShadingPoints(
        view=unit(position_of(camera).astype(np.float32)[:, None] - points),
        normal=opened.normals,
        detail=opened.normals,
        albedo=mouth.colour.T,
        roughness=mouth.roughness,
        occlusion=opened.open_sky,
        shadow=lit * lamp_between_lips(opened.open_sky),
    )
    return np.ascontiguousarray(shade(shading, lighting.lights, lighting.up).T, np.float32)
