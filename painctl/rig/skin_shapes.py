"""Skin that the action units bunch up, draw in or lift, where the head's own actions only slide it.

An ARKit action slides skin along the face; muscle that shortens also thickens it. What each unit adds follows the
appearance changes of the Facial Action Coding System (Ekman, Friesen and Hager, 2002): AU6 lifts the cheek forwards and
towards the eye, with a pouch under the lid and skin drawn in from the temple; AU9 bunches the sides of the nose and
pulls its wings up; AU10 swells the cheek over the nasolabial fold and lifts the middle of the lip above its corners.
Each is a few Gaussian pushes placed by landmarks, so that they fit every head that has these.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from painctl.face.landmarks import MIRROR
from painctl.records import Topology

_WIDE = 84.0  # millimetres between the outer corners of the eyes of the average face, on which the pushes were drawn
_BEHIND = 0.045  # metres behind the eyes' outer corners from which skin stays


class Push(NamedTuple):
    """A Gaussian displacement around a point, in millimetres of the average face; x is outwards, away from the midline.

    The point is the mean of landmarks, numbered as on the right side of the face, plus an offset.
    """

    landmarks: tuple[int, ...]
    offset: tuple[float, float]
    reach: tuple[float, float]
    move: tuple[float, float, float]


PUSHES: dict[str, tuple[Push, ...]] = {
    "AU4": (
        Push((21,), (1, -1), (10, 8), (-1.6, -2.2, 0.6)),
        Push((21, 27), (-3, 2), (7, 8), (0.0, -0.6, 1.0)),
    ),
    "AU6": (
        Push((36, 39), (-1, -26), (17, 11), (-1.6, 0.6, 3.2)),  # the cheek's apple
        Push((40, 41), (0, -8.5), (13, 3.8), (0.0, 0.5, 1.7)),  # the pouch
        Push((40, 41), (0, -14.5), (15, 3.2), (0.0, 0.0, -1.2)),  # the furrow between them
        Push((36,), (12, -2), (9, 10), (-2.4, 0.2, 0.9)),  # crow's feet
        Push((17,), (-3, 1), (10, 8), (-0.4, -1.6, 0.0)),  # the tail of the brow
    ),
    "AU7": (Push((40, 41), (0, -5.5), (12, 2.8), (0.0, 0.4, 1.0)),),  # the lower lid's roll
    "AU9": (
        Push((31,), (3, 4), (7, 8), (0.6, 3.0, 0.4)),  # the wing
        Push((28,), (8, -4), (6, 8), (-0.4, 1.8, 1.7)),  # the side of the nose
        Push((27,), (3, 0), (7, 6), (-0.4, -0.9, 1.0)),  # its root
        Push((39, 31), (6, -2), (9, 10), (-0.8, 2.8, 1.4)),  # the infraorbital triangle
        Push((31,), (10, -2), (6, 8), (0.0, 1.2, 1.0)),  # the cheek beside the wing
        Push((50, 51), (0, 2), (9, 6), (0.0, 1.4, 0.2)),  # the lip
        Push((21,), (1, -1), (9, 8), (-0.8, -1.6, 0.5)),  # the inner end of the brow
    ),
    "AU10": (
        Push((48,), (2, 0), (8, 6), (0.0, -2.0, 0.0)),  # the corners stay
        Push((51,), (0, 1), (6, 6), (0.0, 1.3, 0.3)),  # the middle rises
        Push((31,), (12, 2), (8, 10), (0.4, 1.6, 2.6)),  # the cheek over the fold
        Push((31, 48), (7, 0), (4.5, 9), (0.0, 0.4, -1.2)),  # the fold
        Push((36, 39), (-6, -24), (11, 10), (-0.3, 2.4, 1.0)),  # the infraorbital triangle
    ),
}


def skin_shapes(topology: Topology, neutral: np.ndarray, sign: int) -> np.ndarray:
    """Displacements float64 [5, V, 3] in metres by `PUSHES` at intensity 5, on one side of a neutral head [V, 3].

    `sign` is 1 for the subject's left, -1 for the right. Lids up to their margins, the mouth's inside, ears and neck
    stay.
    """
    landmarks = topology.landmarks(neutral)
    if sign > 0:
        landmarks = landmarks[MIRROR]
    scale = np.linalg.norm(landmarks[36] - landmarks[45]) / _WIDE
    ahead = neutral[:, 2] > landmarks[[36, 45], 2].min() - _BEHIND
    fixed = topology.behind_lids() | topology.lid_margins() | ~ahead
    for name in ("eyes", "mouth_inside", "tongue", "ears", "neck"):
        fixed |= topology.region(name) > 0.5
    own_side = np.clip(0.5 + 0.5 * sign * neutral[:, 0] / (4 * scale), 0, 1)
    share = np.where(fixed, 0, own_side)
    outward = np.array((sign, 1, 1))
    shapes = np.zeros((len(PUSHES), *neutral.shape))
    for shape, pushes in zip(shapes, PUSHES.values(), strict=True):
        for push in pushes:
            centre = landmarks[list(push.landmarks), :2].mean(0) + scale * outward[:2] * push.offset
            away = (neutral[:, :2] - centre) / (scale * np.array(push.reach))
            shape += (share * np.exp(-(away**2).sum(1)))[:, None] * (scale * outward * push.move)
    return shapes
