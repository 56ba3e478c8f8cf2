"""Smooth strands: points along splines, helices around them, and braids. Lengths are metres."""

from __future__ import annotations

import numpy as np

from painctl.mesh.normals import unit

_PER_TURN = 9  # points: a segment turns by 40 degrees at most
_MOST_POINTS = 64
_SHADES = (0.12, 1 / 3, 2 / 3, 1.0)  # straight, wavy, curly and coiled hair
_PERIODS = (0.110, 0.062, 0.032, 0.012)  # of a curl along its axis
_RADII = (0.0, 0.0042, 0.0058, 0.0030)


def curl_shape(curl: float, length: float) -> tuple[float, float]:
    """Period along its axis and radius of the curls of hair of this `length` and `curl`, 0 straight to 1 coiled."""
    period, radius = (float(np.interp(curl, _SHADES, values)) for values in (_PERIODS, _RADII))
    turns = min(length / period, (_MOST_POINTS - 1) / _PER_TURN)
    return length / max(turns, 1e-6), radius * min(1.0, length / 0.05)


def points_needed(length: float, period: float, least: int) -> int:
    """How many points show curls of this `period` on a strand of this `length` smoothly, at least `least`."""
    return int(np.clip(np.ceil(_PER_TURN * length / period) + 1, least, _MOST_POINTS))


def spline(points: np.ndarray, start: np.ndarray, end: np.ndarray, number: int) -> np.ndarray:
    """Catmull-Rom curves through points [S, P, D], from share `start` [S] to `end` [S] of each: [S, number, D]."""
    count, controls, _ = points.shape
    share = start[:, None] + (end - start)[:, None] * np.linspace(0, 1, number)
    position = np.clip(share, 0, 1) * (controls - 1)
    first = np.minimum(position.astype(np.intp), controls - 2)
    t = (position - first)[..., None]
    rows = np.arange(count)[:, None]
    before, a, b, after = (points[rows, np.clip(first + step, 0, controls - 1)] for step in (-1, 0, 1, 2))
    tangent_a, tangent_b = (b - before) / 2, (after - a) / 2
    square, cube = t * t, t * t * t
    return (
        (2 * cube - 3 * square + 1) * a
        + (cube - 2 * square + t) * tangent_a
        + (3 * square - 2 * cube) * b
        + (cube - square) * tangent_b
    )


def frames(points: np.ndarray, outward: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors across strands [S, P, 3], both [S, P, 3]: along the head, and away from it."""
    tangent = unit(np.gradient(points, axis=1))
    aside = unit(np.cross(tangent, outward) + 1e-9)
    return aside, np.cross(aside, tangent)


def helix(
    points: np.ndarray, outward: np.ndarray, period: np.ndarray, radius: float, phase: np.ndarray, start: float
) -> np.ndarray:
    """Strands [S, P, 3] as helices with periods [S] and phases [S]; `start` metres from the root the curl is full.

    The helices are outside the strands, so that no curl dips into the head.
    """
    aside, off = frames(points, outward)
    run = np.cumsum(np.linalg.norm(np.diff(points, axis=1, prepend=points[:, :1]), axis=2), axis=1)
    angle = (2 * np.pi / period)[:, None] * run + phase[:, None]
    strength = radius * np.minimum(1, run / start)
    return points + strength[..., None] * (
        np.cos(angle)[..., None] * aside + 0.8 * (1 + np.sin(angle)[..., None]) * off
    )


def braid(points: np.ndarray, outward: np.ndarray, period: float, radius: float) -> np.ndarray:
    """Braids along paths [S, P, 3]: the three strands of each, [S, 3, P, 3].

    Each strand swings from side to side once a period and from front to back twice, a third of a period after another.
    """
    aside, off = frames(points, outward)
    run = np.cumsum(np.linalg.norm(np.diff(points, axis=1, prepend=points[:, :1]), axis=2), axis=1)
    angle = 2 * np.pi * (run[:, None] / period + np.arange(3)[None, :, None] / 3)
    sideways, through = np.sin(angle)[..., None], 0.6 * np.sin(2 * angle)[..., None]
    return points[:, None] + radius * (sideways * aside[:, None] + through * off[:, None])
