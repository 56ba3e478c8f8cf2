"""Sizes of teeth, and the arches in which they stand.

Crown lengths, widths and depths, from the midline outwards, are those of Ash and Nelson, "Wheeler's Dental Anatomy,
Physiology and Occlusion", 2003. Lengths are metres. An arch has coordinates of its own: x to the subject's left, y from
the biting edge of the incisors towards the gum, z forwards, origin at the front of the incisors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Row:
    """One half of the upper or lower row: seven teeth, without the wisdom tooth."""

    up: int  # the direction of the gum: 1 for the upper row, -1 for the lower
    length: np.ndarray  # of the crown, from the gum to the edge
    width: np.ndarray  # along the row
    depth: np.ndarray  # from cheek or lip to tongue
    edge: np.ndarray  # of the biting edge, towards the gum from that of the first incisor
    half_width: float  # of the arch, half an ellipse in plan
    reach: float  # of the arch, front to back


def _row(up: int, half_width: float, reach: float, *millimetres: tuple[float, ...]) -> Row:
    length, width, depth, edge = (np.array(values) * 1e-3 for values in millimetres)
    return Row(up, length, width, depth, edge, half_width, reach)


UPPER = _row(
    1,
    0.031,
    0.046,
    (10.5, 9.0, 10.0, 8.5, 8.5, 7.5, 7.0),
    (8.5, 6.5, 7.5, 7.0, 7.0, 10.0, 9.0),
    (7.0, 6.0, 8.0, 9.0, 9.0, 11.0, 11.0),
    (0.0, 0.7, 0.0, 0.6, 0.8, 1.0, 1.4),
)
LOWER = _row(
    -1,
    0.0285,
    0.0445,
    (8.8, 9.0, 10.5, 8.5, 8.0, 7.5, 7.0),
    (5.0, 5.5, 7.0, 7.0, 7.0, 11.0, 10.5),
    (6.0, 6.5, 7.5, 7.5, 8.0, 10.5, 10.0),
    (0.0, 0.1, -0.4, 0.5, 0.7, 0.6, 0.2),
)


def along(row: Row, distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points [..., 2] (x, z) of the arch, and its outward normals [..., 2], at a distance [...] from the midline.

    Distances to the right of the midline are negative.
    """
    turn = np.linspace(0, np.pi / 2, 200)
    x, z = row.half_width * np.sin(turn), row.reach * (np.cos(turn) - 1)
    run = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    at = np.interp(np.abs(distance), run, turn)
    side = np.where(distance < 0, -1.0, 1.0)
    points = np.stack([side * row.half_width * np.sin(at), row.reach * (np.cos(at) - 1)], -1)
    normals = np.stack([side * row.reach * np.sin(at), row.half_width * np.cos(at)], -1)
    return points, normals / np.linalg.norm(normals, axis=-1, keepdims=True)
