"""What the ends of tied hair form: a tail, a bun, plaits. Lengths are metres."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from painctl.appearance.hair_curls import braid, spline
from painctl.appearance.hair_guides import Growth
from painctl.appearance.haircuts import CROWN_KNOT, KNOT, SIDE_KNOTS
from painctl.mesh.normals import unit

Bundle = tuple[np.ndarray, np.ndarray]  # points [B, P, 3] and outward directions [B, P, 3]


def bundles(growth: Growth, number: int) -> Bundle:
    """The bundle of a person's tied hair, of strands with `number` points; empty if it hangs loose."""
    if not growth.cut.tied:
        return np.zeros((0, number, 3)), np.zeros((0, number, 3))
    parts = [_BUNDLES[growth.cut.bundle](growth, number)]
    if growth.person.gender == "woman" and growth.framing:
        parts += [_tendril(growth, number, side) for side in (1.0, -1.0)]
    points, outward = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    return points, outward


def _tendril(growth: Growth, number: int, side: float) -> Bundle:
    """Loose hair that falls beside the face, from the temple of the left (1) or right (-1) side."""
    way = np.array([(0.058, 0.062, -0.035), (0.068, 0.045, -0.034), (0.074, 0.015, -0.036), (0.076, -0.020, -0.040),
                    (0.074, -0.055, -0.042), (0.068, -0.085, -0.040)])  # fmt: skip
    way = (way + 0.004 * growth.generator.standard_normal(way.shape)) * (side, 1, 1)
    height, normal = growth.surface.nearest(way)
    way = way + np.maximum(np.array((0.0, 0.003, 0.006, 0.007, 0.006, 0.006)) - height, 0)[:, None] * normal
    end = growth.generator.uniform(0.6, 1.0)
    return _rope(growth, way, end, number, 28, (0.010, 0.008, 0.006, 0.006, 0.006, 0.003))


def _tail(growth: Growth, number: int) -> Bundle:
    """A tail from the back of the head, behind the neck or over a shoulder."""
    generator, length = growth.generator, growth.person.hair_length
    side = generator.choice([-1.0, 0.0, 1.0])
    way = np.array([(0, 0.0, 0), (0, 0.006, -0.018), (0.25 * side, -0.05, -0.022), (0.85 * side, -0.10, 0.045),
                    (side, -0.17, 0.130), (1.05 * side, -0.24, 0.140)]) * (0.095, 1, 1)  # fmt: skip
    if not side:
        way = np.array([(0, 0, 0), (0, 0.008, -0.02), (0, -0.03, -0.036), (0, -0.09, -0.035), (0, -0.16, -0.030),
                        (0, -0.24, -0.026)])  # fmt: skip
    end = min(1.0, 0.25 + length / 0.30)
    return _rope(growth, KNOT + way, end, number, 520, (0.007, 0.017, 0.020, 0.020, 0.016, 0.006))


def _plaits(growth: Growth, number: int) -> Bundle:
    """A plait from behind each ear over the collarbones."""
    parts = []
    for side in (1.0, -1.0):
        way = SIDE_KNOTS + np.array([(0, 0, 0), (0.008, -0.03, 0.01), (0.014, -0.075, 0.050), (0.012, -0.13, 0.105),
                                     (0.006, -0.20, 0.125), (0.002, -0.27, 0.125)])  # fmt: skip
        path = spline(np.concatenate([way, way * 0], 1)[None], np.zeros(1), np.ones(1), 40)[..., :3] * (side, 1, 1)
        outward = np.broadcast_to(unit(np.array((0.6 * side, 0.1, 0.7))), path.shape)
        for tress in braid(path, outward, 0.055, 0.0085)[0]:
            parts.append(_rope(growth, tress, 1.0, max(number, 12), 110, (0.0075,) * 4 + (0.006, 0.003)))
    points, outward = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    return points, outward


def _bun(growth: Growth, number: int) -> Bundle:
    """Hair wound around the crown: strands on a flattened ball, one turn each."""
    generator, count = growth.generator, 620
    radius = generator.uniform(0.026, 0.034)
    height, axis = growth.surface.nearest(CROWN_KNOT[None])
    centre = CROWN_KNOT + (0.55 * radius - height[0]) * axis[0]
    aside = unit(np.cross(axis[0], (0, 0, 1.0)))
    around = np.stack([aside, np.cross(axis[0], aside), axis[0]])
    turn = generator.uniform(0, 2 * np.pi, (count, 1)) + np.linspace(0, generator.uniform(3.0, 5.0), number)
    rise = generator.uniform(-0.6, 0.95, (count, 1)) + 0.35 * np.sin(turn * 0.5 + generator.uniform(0, 6, (count, 1)))
    rise = np.clip(rise, -0.75, 0.97)
    ring = np.sqrt(1 - rise**2)
    ball = np.stack([ring * np.cos(turn), ring * np.sin(turn), 0.85 * rise], 2)
    swell = 1 + 0.07 * generator.standard_normal((count, 1, 1))
    outward = _turned(unit(ball), around)
    return centre + radius * swell * _turned(ball, around), outward


def _turned(vectors: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Vectors [..., 3] in the frame of unit vectors `axes` [3, 3], summed in a fixed order."""
    return vectors[..., :1] * axes[0] + vectors[..., 1:2] * axes[1] + vectors[..., 2:] * axes[2]


def _rope(growth: Growth, way: np.ndarray, end: float, number: int, count: int, radii: tuple[float, ...]) -> Bundle:
    """`count` strands around the path `way` [K, 3], up to share `end`, at up to `radii` from it along its length."""
    generator = growth.generator
    axis = spline(way[None], np.zeros(1), np.full(1, end), number)[0]
    tangent = unit(np.gradient(axis, axis=0))
    aside = unit(np.cross(tangent, (0.3, 0.2, 1.0)))
    off = np.cross(tangent, aside)
    angle = generator.uniform(0, 2 * np.pi, (count, 1)) + 0.4 * generator.standard_normal((count, 1)) * np.linspace(
        0, 1, number
    )
    depth = np.sqrt(generator.random((count, 1)))
    radius = depth * np.interp(np.linspace(0, 1, number), np.linspace(0, 1, len(radii)), radii)
    around = np.cos(angle)[..., None] * aside + np.sin(angle)[..., None] * off
    return axis + radius[..., None] * around, around


_BUNDLES: dict[str, Callable[[Growth, int], Bundle]] = {"tail": _tail, "plaits": _plaits, "bun": _bun}
