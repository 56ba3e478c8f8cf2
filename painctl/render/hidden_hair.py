"""Finding the hair that other hair hides, so that it is not drawn."""

from __future__ import annotations

import numpy as np

from painctl.records import Camera, Strands

_CELLS = 72  # across the picture
_BIN = 0.003  # metres of depth
_OPAQUE = 4.5  # layers of strands that hide what is behind them: of randomly placed ones, 1 % shines through


def strand_areas(strands: Strands) -> np.ndarray:
    """Area of the ribbon around each point, float32 [S, P], square metres; the same for all views."""
    return (strands.width * np.linalg.norm(np.gradient(strands.points, axis=1), axis=2)).astype(np.float32)


def hidden_by_hair(areas: np.ndarray, pixels: np.ndarray, depth: np.ndarray, camera: Camera) -> np.ndarray:
    """Which of N points of hair are behind so many others that they cannot be seen, bool [N].

    `areas` [N] are square metres of hair at each point, `pixels` [2, N] and `depth` [N], metres, where the camera sees
    it. Hair is counted in cells of the picture by depth, and a point's layers are those nearer than its own bin.
    """
    if not len(depth):
        return np.zeros(0, bool)
    cell = camera.size / _CELLS
    column, row = np.clip(pixels * (1 / cell), 0, _CELLS - 1).astype(np.intp)
    nearest = depth.min()
    bins = ((depth - nearest) * (1 / _BIN)).astype(np.intp)
    count = int(bins.max()) + 1
    index = (row * _CELLS + column) * count + bins
    scale = (camera.intrinsics[0, 0] / (cell * depth)) ** 2  # cells per square metre
    layers = np.bincount(index, areas * scale, _CELLS * _CELLS * count).reshape(-1, count)
    return (np.cumsum(layers, axis=1) - layers).ravel()[index] > _OPAQUE
