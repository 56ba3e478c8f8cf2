"""Eyes: sclera, iris and pupil, painted on the eyeball by the distance from the line of sight.

The iris is 11.7 mm across, the pupil 3 to 4.5 mm (Ruefer et al. 2005; Watson and Yellott 2012), whatever the size of
the head's eyeball. Irises are darkest at the limbus and at the pupil, with fibres in between. Both eyes look
the same way, at most 3 degrees from straight ahead.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.appearance.noise import field
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.texture_space import TextureSpace
from painctl.face.gaze import line_of_sight
from painctl.face.head import eye_centres

IRIS_RADIUS = 0.00585  # metres
GAZE = 3.0  # largest deviation from the line of sight, degrees
_SCLERA = np.array((0.47, 0.43, 0.40), np.float32)
_CORNERS = np.array((0.44, 0.26, 0.22), np.float32)  # conjunctiva, thicker towards the corners of the lids
_AMBER = np.array((0.13, 0.085, 0.03), np.float32)  # the collarette around the pupil of light irises
_VEINS = np.array((0.42, 0.16, 0.13), np.float32)


def paint_eyes(space: TextureSpace, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the eyeballs painted on it."""
    generator = space.draws("eyes")
    pupil = generator.uniform(0.0015, 0.00225)
    look = _gaze(generator, line_of_sight(space.topology, space.vertices))
    result = albedo.copy()
    for side, centre in zip(("left_eye", "right_eye"), eye_centres(space.topology, space.vertices), strict=True):
        eyeball = space.regions[side] > 0.5
        result[eyeball] = _eyeball(space, generator, (space.points[eyeball] - centre) @ look, pupil)
    return result


def _gaze(generator: np.random.Generator, ahead: np.ndarray) -> np.ndarray:
    """Rotation [3, 3] whose last column is the gaze of both eyes: near the line of sight `ahead` [3]."""
    deviation = min(abs(generator.normal(0, GAZE / 2)), GAZE)
    angle, turn = np.radians(deviation), generator.uniform(0, 2 * np.pi)
    axis = angle * np.array((np.sin(turn), np.cos(turn), 0))
    level = np.array((np.arcsin(-ahead[1]), 0.0, 0.0))
    return (cv2.Rodrigues(level)[0] @ cv2.Rodrigues(axis)[0]).astype(np.float32)


def _eyeball(space: TextureSpace, generator: np.random.Generator, points: np.ndarray, pupil: float) -> np.ndarray:
    """Albedo of points [N, 3] on an eyeball at the origin that looks along z; `pupil` is the pupil's radius, metres."""
    across = np.hypot(points[:, 0], points[:, 1])
    ahead = points[:, 2] > 0
    turn = np.arctan2(points[:, 1], points[:, 0])
    veins = smoothstep(np.abs(field(generator, np.ascontiguousarray(points.T), 0.0012)), 0.0, 0.25)
    redness = (1 - veins) * smoothstep(across, 0.7 * 0.012, 0.012) * 0.5
    age = 1 - space.ageing * np.array((0.02, 0.06, 0.14), np.float32)
    corners = 0.7 * smoothstep(np.abs(points[:, 0]), 0.0068, 0.0105)[:, None]
    sclera = _SCLERA * age
    sclera = sclera + corners * (_CORNERS - sclera) + redness[:, None] * (_VEINS - sclera)
    ring = np.stack([np.cos(turn), np.sin(turn), np.zeros_like(turn)])
    outwards = np.stack([4 * ring[0], 4 * ring[1], across * 900])
    fibres = field(generator, ring, 0.045) + 0.5 * field(generator, outwards, 0.3)
    radius = across / IRIS_RADIUS
    shade = 1 + 0.22 * fibres * smoothstep(radius, 0.3, 0.5)
    shade *= 0.62 + 0.52 * np.exp(-(((radius - 0.55) / 0.22) ** 2))
    shade *= 1 - 0.75 * smoothstep(radius, 0.78, 0.98)  # limbal ring
    amber = 0.55 * np.exp(-(((radius - 0.36) / 0.17) ** 2))[:, None]
    iris = space.person.iris + amber * (np.minimum(space.person.iris, _AMBER) - space.person.iris)
    iris = iris * np.clip(shade, 0.15, 2)[:, None]
    black = np.float32(0.004)
    iris = iris + (1 - smoothstep(across, pupil - 0.0002, pupil + 0.0002))[:, None] * (black - iris)
    inside = (1 - smoothstep(radius, 0.92, 1.08)) * ahead
    return sclera + inside[:, None] * (iris - sclera)
