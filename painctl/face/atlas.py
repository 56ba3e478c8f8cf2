"""Laying out texture islands: the head gets most of the texture, the rest shares a column beside it."""

from __future__ import annotations

import numpy as np

from painctl.mesh.graph import connected_components

# Where each island of the open head goes: left, bottom and right edge in the new square; its height follows, since
# islands are only scaled and moved. Order: as `islands` numbers them, by their first texture coordinate.
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
    """The island of each texture coordinate, int [count]; islands are numbered by their first coordinate."""
    return connected_components(uv_faces, count)


def repack(uvs: np.ndarray, uv_faces: np.ndarray) -> np.ndarray:
    """Move and scale every island into its box. Raises ValueError if the mesh has other islands than `BOXES`."""
    island = islands(uv_faces, len(uvs))
    if island.max() + 1 != len(BOXES):
        raise ValueError(f"the head's texture has {island.max() + 1} islands, not the {len(BOXES)} known")
    packed = np.empty_like(uvs)
    for number, (left, bottom, right) in enumerate(BOXES.values()):
        here = island == number
        low, high = uvs[here].min(0), uvs[here].max(0)
        packed[here] = (left, bottom) + (uvs[here] - low) * (right - left) / (high[0] - low[0])
    return packed
