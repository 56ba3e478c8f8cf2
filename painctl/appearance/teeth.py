"""The upper teeth, visible where the lip is raised: crowns along a parabolic arch, and the gum above them.

Crown widths and heights, from the midline outwards, are those of Ash and Nelson, "Wheeler's Dental Anatomy, Physiology
and Occlusion", 2003; the arch is as wide as an adult's. Lower teeth are left out: none of the six action units opens
the jaw, so they stay behind the lip. Lengths are metres.
"""

from __future__ import annotations

import numpy as np

from painctl.records import Identity, Mesh, Topology
from painctl.runs.draws import draws

_WIDTHS = np.array((8.5, 6.5, 7.5, 7.0, 7.0, 10.0)) * 1e-3
_HEIGHTS = np.array((10.5, 9.0, 10.0, 8.5, 8.5, 7.5)) * 1e-3
_COLUMNS, _ROWS = 7, 9  # of vertices of a crown
_BEND = 13.0  # of the arch, 1/m: at x it is _BEND x^2 behind the incisors
_BEHIND = 0.0075  # from the inner edge of the upper lip back to the incisors
_VISIBLE = 0.0005  # incisor below the edge of the resting lip; less with age
_ENAMEL = np.array((0.60, 0.53, 0.43))
_AGED = np.array((0.50, 0.40, 0.27))
_GUM = np.array((0.36, 0.13, 0.12))
_LIP, _LIP_REACH = 0.65, 0.0045  # share of the light that the lower lip blocks at the edges, and how far up
_DARKENING = 0.024  # depth over which the light in the mouth falls by a factor of e


def teeth(person: Identity, topology: Topology, vertices: np.ndarray) -> Mesh:
    """The teeth of a person whose neutral head is `vertices` [V, 3]."""
    generator = draws(person.seed, person.identity, "teeth")
    upper_lip = topology.landmarks(vertices)[62]
    aged = np.clip((person.age - 30) / 50, 0, 1)
    front = upper_lip - (0, _VISIBLE * (1 - 0.7 * aged), _BEHIND)
    enamel = (_ENAMEL + aged * (_AGED - _ENAMEL)) * generator.uniform(0.88, 1.08)
    return Mesh.joined([_crowns(*_side(front, sign, generator), enamel, sign) for sign in (1, -1)])


def _side(front: np.ndarray, sign: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The left (sign 1) or right (-1) half of the arch: points [T, R, C, 3], and gum and shade 0..1 [T, R, C]."""
    count = len(_WIDTHS)
    across = np.linspace(-1, 1, _COLUMNS)[None, None, :]  # of a crown
    down = np.linspace(0, 1, _ROWS)[None, :, None]  # gum to edge
    width = _WIDTHS[:, None, None]
    height = (_HEIGHTS * generator.uniform(0.94, 1.04, count))[:, None, None]
    middle = (np.cumsum(_WIDTHS) - _WIDTHS / 2)[:, None, None]
    narrow = 1 - 0.16 * (1 - down) ** 2  # at the neck of a crown
    along = middle + width / 2 * across * narrow
    # along the arch to x: ds^2 = dx^2 (1 + (2 b x)^2), to third order
    x = along - (2 * _BEND) ** 2 * along**3 / 6
    bulge = 0.0012 * (1 - across**2) + 0.0008 * np.sin(np.pi * np.clip(down, 0, 1))
    edge = 0.0006 * np.abs(across) ** 3 + np.array((0.0, 0.0007, -0.0002, 0.0004, 0.0008, 0.0012))[:, None, None]
    y = (1 - down) * height * 1.35 + edge * down
    z = bulge - _BEND * x**2
    x, y, z = np.broadcast_arrays(x, y, z)
    points = front + np.stack([sign * x, y, z], -1)
    scallop = 1 / 1.35 * (1 - 0.18 * across**2)  # edge of the gum, in crown heights above the biting edge
    gum = np.clip(((1 - down) - scallop) / 0.04 + 0.5, 0, 1) + 0 * x
    shade = np.exp(np.minimum(z, 0) / _DARKENING) * (1 - 0.4 * np.abs(across) ** 8)
    shade = shade * (1 - _LIP * np.clip(1 - y / _LIP_REACH, 0, 1))
    return points, gum, shade


def _crowns(points: np.ndarray, gum: np.ndarray, shade: np.ndarray, enamel: np.ndarray, sign: int) -> Mesh:
    """The mesh of crowns as from `_side`; triangles face outwards on either side."""
    colour = shade[..., None] * (enamel + gum[..., None] * (_GUM - enamel))
    index = np.arange(points[..., 0].size).reshape(points.shape[:3])
    a, b, c, d = index[:, :-1, :-1], index[:, 1:, :-1], index[:, 1:, 1:], index[:, :-1, 1:]
    if sign < 0:
        b, d = d, b
    faces = np.stack([a, b, c, a, c, d], -1).reshape(-1, 3)
    return Mesh(
        points.reshape(-1, 3).astype(np.float32), faces.astype(np.int32), colour.reshape(-1, 3).astype(np.float32)
    )
