"""The texture layout of the open head: the skin gets most of the texture, the rest shares a column beside it."""

from __future__ import annotations

import numpy as np

from painctl.mesh.graph import connected_components

# The box of each texture island of the open head: left, bottom and right edge in the unit square. The height follows,
# since islands are only scaled and moved. In the order of the numbers from `islands`.
BOXES = {
    "head": (0.004, 0.006, 0.524),
    "mouth": (0.54, 0.34, 0.76),
    "neck": (0.54, 0.01, 0.99),
    "right socket": (0.54, 0.54, 0.65),
    "left socket": (0.66, 0.54, 0.77),
    "left eye front": (0.54, 0.75, 0.74),
    "left eye back": (0.80, 0.54, 0.86),
    "right eye front": (0.76, 0.75, 0.96),
    "right eye back": (0.88, 0.54, 0.94),
    "tongue": (0.80, 0.34, 0.88),
}


def islands(uv_faces: np.ndarray, count: int) -> np.ndarray:
    """The island of each texture coordinate, int [count], for uv_faces int [F, 3]; numbered by first coordinate."""
    return connected_components(uv_faces, count)


def repack(uvs: np.ndarray, uv_faces: np.ndarray) -> np.ndarray:
    """Move and scale each island into its box: uvs [T, 2] with uv_faces int [F, 3] to uvs [T, 2].

    Raises ValueError if there are not as many islands as `BOXES`.
    """
    island = islands(uv_faces, len(uvs))
    if island.max() + 1 != len(BOXES):
        raise ValueError(f"the head's texture has {island.max() + 1} islands, expected {len(BOXES)}")
    packed = np.empty_like(uvs)
    for number, (left, bottom, right) in enumerate(BOXES.values()):
        member = island == number
        low, high = uvs[member].min(0), uvs[member].max(0)
        packed[member] = (left, bottom) + (uvs[member] - low) * (right - left) / (high[0] - low[0])
    return packed
