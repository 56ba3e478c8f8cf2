"""How deep points are in the hair, from the hair around them; lengths are metres."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter

from painctl.appearance.smoothstep import smoothstep
from painctl.mesh.normals import unit

_CELL = 0.006
_STEPS = (1, 2, 3)  # cells outwards from a point
_ABSORPTION = 0.22  # of a layer of strands
_AXIS = -0.085  # z of the vertical axis of the neck


def away_from_body(points: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """Unit vectors [S, P, 3] away from the head, from its normals `outward` [S, P, 3] next to points [S, P, 3].

    Next to hair that hangs over the shoulders, they point away from the neck.
    """
    hanging = smoothstep(-points[..., 1:2], 0.02, 0.09)
    radial = unit((points - (0, 0, _AXIS)) * (1, 0, 1))
    return unit(unit(outward) + hanging * (radial - unit(outward)))


def buried(points: np.ndarray, outward: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Share of the light that the hair outside of points [S, P, 3] takes, 0..1 [S, P].

    The strands' area is counted in cells; light is absorbed in the cells that lie `outward` [S, P, 3], unit, of a
    point. `width` [S, P] is that of the strands.
    """
    area = width * np.linalg.norm(np.gradient(points, axis=1), axis=2)
    low = points.min((0, 1)) - 5 * _CELL
    size = np.ceil((points.max((0, 1)) + 5 * _CELL - low) / _CELL).astype(int)
    cells = ((points - low) / _CELL).reshape(-1, 3)
    layers = np.bincount(_index(cells, size), area.ravel(), int(size.prod())) / _CELL**2
    layers = uniform_filter(layers.reshape(size), 3, mode="constant").ravel()
    outside = sum(layers[_index(cells + step * outward.reshape(-1, 3), size)] for step in _STEPS)
    return (1 - np.exp(-_ABSORPTION * outside)).reshape(width.shape)


def _index(cells: np.ndarray, size: np.ndarray) -> np.ndarray:
    column, row, page = np.minimum(cells.astype(np.intp), size - 1).T
    return (column * size[1] + row) * size[2] + page
