"""Eyes: sclera, iris and pupil, painted on the eyeball by the angle from the line of sight.

Sizes are anatomy's: iris 11.7 mm across, pupil 3 to 4.5 mm (Ruefer et al. 2005; Watson and Yellott 2012), measured
on the ball that the head has. Irises are darkest at the limbus and at the pupil, with fibres between.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.canvas import Canvas
from painctl.appearance.noise import field, step
from painctl.face.head import eye_centres

IRIS_RADIUS = 0.00585  # metres
_SCLERA = np.array((0.60, 0.55, 0.51), np.float32)
_VEINS = np.array((0.42, 0.16, 0.13), np.float32)


def paint_eyes(canvas: Canvas, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the eyeballs painted over."""
    generator = canvas.draws("eyes")
    pupil = generator.uniform(0.0015, 0.00225)
    result = albedo.copy()
    for side, centre in zip(("left_eye", "right_eye"), eye_centres(canvas.topology, canvas.vertices), strict=True):
        here = canvas.regions[side] > 0.5
        result[here] = _ball(canvas, generator, canvas.points[here] - centre, pupil)
    return result


def _ball(canvas: Canvas, generator: np.random.Generator, points: np.ndarray, pupil: float) -> np.ndarray:
    """Albedo of points [N, 3] on a ball about the origin that looks along z."""
    across = np.hypot(points[:, 0], points[:, 1])
    ahead = points[:, 2] > 0
    turn = np.arctan2(points[:, 1], points[:, 0])
    veins = step(np.abs(field(generator, np.ascontiguousarray(points.T), 0.0012)), 0.0, 0.25)
    redness = (1 - veins) * step(across, 0.7 * 0.012, 0.012) * 0.5
    age = 1 - canvas.elderly * np.array((0.02, 0.06, 0.14), np.float32)
    sclera = _SCLERA * age + redness[:, None] * (_VEINS - _SCLERA)
    ring = np.stack([np.cos(turn), np.sin(turn), np.zeros_like(turn)])
    outwards = np.stack([4 * ring[0], 4 * ring[1], across * 900])
    fibres = field(generator, ring, 0.045) + 0.5 * field(generator, outwards, 0.3)
    radius = across / IRIS_RADIUS
    shade = 1 + 0.22 * fibres * step(radius, 0.3, 0.5)
    shade *= 0.75 + 0.7 * np.exp(-(((radius - 0.55) / 0.22) ** 2))
    shade *= 1 - 0.75 * step(radius, 0.80, 1.0)  # limbal ring
    iris = canvas.person.iris * np.clip(shade, 0.15, 2)[:, None]
    black = np.float32(0.004)
    iris = iris + (1 - step(across, pupil - 0.0002, pupil + 0.0002))[:, None] * (black - iris)
    inside = (1 - step(radius, 0.94, 1.06)) * ahead
    return sclera + inside[:, None] * (iris - sclera)
