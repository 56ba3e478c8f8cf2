"""How much of the light of a bright polygon falls on a surface."""

from __future__ import annotations

import numpy as np


def form_factor(points: np.ndarray, normals: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """The share of a surface's irradiance that comes from a polygon as bright as the whole sky: float32 [N] in 0..1.

    The surface has points [N, 3] and unit normals [N, 3]; `polygon` [C, 3] is counter-clockwise as the points see it.
    With r the unit vectors to the corners and t the angle between neighbours, the share is
    sum(t n.(r_i x r_i+1) / |r_i x r_i+1|) / 2 pi (Lambert, Photometria, 1760). What is below the horizon of a point is
    subtracted instead of cut off, so that the share is a lower bound there.
    """
    towards = (polygon.astype(np.float32)[:, None] - points.astype(np.float32)).transpose(2, 0, 1)  # [3, C, N]
    towards /= np.sqrt((towards * towards).sum(axis=0)) + np.float32(1e-9)
    x, y, z = towards
    u, v, w = (np.roll(part, -1, axis=0) for part in towards)
    across = np.stack([y * w - z * v, z * u - x * w, x * v - y * u])
    sine = np.sqrt((across * across).sum(axis=0)) + np.float32(1e-9)
    angle = np.arctan2(sine, x * u + y * v + z * w)
    facing = (across * normals.astype(np.float32).T[:, None]).sum(axis=0)
    return np.clip((angle / sine * facing).sum(axis=0) / np.float32(2 * np.pi), 0, 1)
