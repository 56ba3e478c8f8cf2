"""A row of teeth: closed crowns on an arch, each with its own size, turn and shade. Lengths are metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.appearance.dentition import Row, along
from painctl.appearance.smoothstep import smoothstep

_AROUND = 16  # vertices around a crown
# Rings of a crown from under the gum to the middle of its biting edge: height above the gum as a share of the crown's
# length, and width and depth as shares of the crown's. Incisors are thin at the edge, molars are not.
_HEIGHT = np.array((-0.15, 0.0, 0.12, 0.3, 0.5, 0.7, 0.86, 0.96, 1.0, 0.99, 0.97))
_WIDE = np.array((0.74, 0.80, 0.86, 0.93, 0.98, 1.0, 0.99, 0.96, 0.90, 0.5, 0.0))
_DEEP = {
    "front": np.array((0.80, 0.88, 0.92, 0.86, 0.68, 0.50, 0.36, 0.28, 0.22, 0.10, 0.0)),
    "back": np.array((0.84, 0.90, 0.95, 1.0, 1.0, 0.96, 0.88, 0.78, 0.66, 0.35, 0.0)),
}
_FRONT = 3  # teeth on either side of the midline with a thin edge
_SQUARE = 3.0  # exponent of the superellipse that is a crown's outline
_BULGE = 0.0009  # of the front of a crown, a third of the way down, beyond its neck
_ROUNDED = 0.0007  # of the corners of a biting edge
_CUSP = np.array((0.0, 0.0, 1.5, 1.1, 1.0, 0.5, 0.5)) * 1e-3  # height of the point, or points, of a crown
_TURN, _SHIFT, _LONGER = 4.0, 2.5e-4, 0.04  # deviations: degrees about the root, metres to the lips, share of length
_SHADE, _WARM = 0.035, 0.03  # deviations of the colour of a tooth, from tooth to tooth
_CANINE = np.array((0.93, 0.90, 0.83))  # canines and, less, back teeth are darker and yellower than incisors
_NECK = np.array((0.92, 0.86, 0.74))  # and so is every crown near the gum
_TIP = np.array((0.86, 0.90, 0.96))  # the edge of an incisor lets light through, and looks greyer
_CONTACT = 0.75  # share of the light that neighbours take between two crowns


@dataclass(frozen=True, eq=False)
class Surface:
    """Part of the inside of a mouth: N vertices, M triangles."""

    points: np.ndarray  # float [N, 3], metres
    faces: np.ndarray  # int [M, 3], counter-clockwise seen from outside
    colour: np.ndarray  # float [N, 3], linear RGB albedo
    open: np.ndarray  # float [N], share of the light that what is next to it leaves


def crowns(row: Row, enamel: np.ndarray, generator: np.random.Generator, missing: np.ndarray, worn: float) -> Surface:
    """The crowns of a row, in the arch's coordinates, of a person whose incisors have the colour `enamel` [3].

    `missing` bool [2, 7] are the teeth that are not there, on the left and on the right; edges are `worn` by metres.
    """
    count = len(row.width)
    turn, shift, longer, shade, warm = generator.standard_normal((5, 2, count))
    middle = np.cumsum(row.width) - row.width / 2
    side = np.array((1.0, -1.0))[:, None]
    place, normal = along(row, side * middle)
    place = place + _SHIFT * np.clip(shift, -2, 2)[..., None] * normal
    angle = np.radians(_TURN) * np.clip(turn, -2, 2)
    normal = np.stack(
        [
            np.cos(angle) * normal[..., 0] - np.sin(angle) * normal[..., 1],
            np.sin(angle) * normal[..., 0] + np.cos(angle) * normal[..., 1],
        ],
        -1,
    )
    length = row.length * (1 + _LONGER * np.clip(longer, -2, 2)) - worn

    # Local coordinates of the rings [2, 7, rings, around]: across the crown, outwards, and from the edge to the gum
    turns = 2 * np.pi * np.arange(_AROUND) / _AROUND
    across, out = (np.sign(part) * np.abs(part) ** (2 / _SQUARE) for part in (np.cos(turns), np.sin(turns)))
    deep = np.where((np.arange(count) < _FRONT)[:, None], _DEEP["front"], _DEEP["back"])  # [7, rings]
    depth = deep * row.depth[:, None] / 2
    face = _BULGE * (np.sin(np.pi * np.clip(_HEIGHT, 0, 1) ** 0.7) - 1)  # of the front, behind the arch
    u = (row.width / 2)[:, None, None] * _WIDE[:, None] * across
    w = face[:, None] - depth[..., None] + depth[..., None] * out
    share = np.abs(across) * _WIDE[:, None]
    crown = smoothstep(_HEIGHT, 0.6, 1.0)[:, None]  # where edge and cusps are
    back = (np.arange(count) >= _FRONT)[:, None, None]
    point = np.where(
        back, 0.5 - 0.5 * np.cos(np.pi * np.abs(out) * _WIDE[:, None]), 1 - share
    )  # two ridges, or one tip
    up = (1 - _HEIGHT)[:, None] * length[..., None, None] + worn
    up = up + row.edge[:, None, None] + crown * (_ROUNDED * share**4 - (_CUSP[:, None, None] * (point - 0.5)))

    tangent = np.stack([normal[..., 1], -normal[..., 0]], -1)[..., None, None, :]
    plan = place[..., None, None, :] + u[..., None] * tangent + w[..., None] * normal[..., None, None, :]
    points = np.stack([plan[..., 0], row.up * np.broadcast_to(up, plan.shape[:-1]), plan[..., 1]], -1)

    colour = _colour(enamel, shade, warm, count)
    between = np.abs(across) ** 6 * (out > -0.5)
    open_ = np.broadcast_to(
        1 - _CONTACT * between * np.minimum(1, 1.4 - np.clip(_HEIGHT, 0, 1))[:, None], plan.shape[:-1]
    )
    kept = ~missing
    return Surface(
        points[kept].reshape(-1, 3),
        _ring_faces(int(kept.sum()), row.up),
        colour[kept].reshape(-1, 3),
        open_[kept].ravel(),
    )


def _colour(enamel: np.ndarray, shade: np.ndarray, warm: np.ndarray, count: int) -> np.ndarray:
    """Colours [2, 7, rings, around, 3] of crowns."""
    kind = np.array((0.0, 0.15, 1.0, 0.55, 0.55, 0.6, 0.6))[:, None]
    tooth = enamel * (1 + (_CANINE - 1) * kind) * (1 + _SHADE * shade[..., None])
    tooth = tooth * (1 + _WARM * warm[..., None] * np.array((0.3, 0, -1)))
    neck, tip = smoothstep(-_HEIGHT, -0.45, 0.05)[:, None], smoothstep(_HEIGHT, 0.75, 1.0)[:, None]
    front = (np.arange(count) < 2)[:, None, None] * tip
    ring = (1 + (_NECK - 1) * neck) * (1 + (_TIP - 1) * front)  # [7, rings, 3]
    colour = tooth[:, :, None, :] * ring
    return np.repeat(colour[..., None, :], _AROUND, axis=3)


def _ring_faces(teeth: int, up: int) -> np.ndarray:
    """Triangles between the rings of `teeth` crowns."""
    index = np.arange(teeth * len(_HEIGHT) * _AROUND).reshape(teeth, len(_HEIGHT), _AROUND)
    a, b = index[:, :-1], index[:, 1:]
    c, d = np.roll(b, -1, axis=2), np.roll(a, -1, axis=2)
    if up > 0:
        b, d = d, b
    return np.stack([a, b, c, a, c, d], -1).reshape(-1, 3)
