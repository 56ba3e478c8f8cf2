"""Depth as a picture: the hint that a depth ControlNet wants, with the way back to metres."""

from __future__ import annotations

import numpy as np

from painctl.render.rasterise import GBuffer

_FLOOR = 0.1  # value of the farthest point of the head, so that it stands out from the background's 0


def depth_map(seen: GBuffer) -> tuple[np.ndarray, float, float]:
    """(map float32 [S, S], near, far): 1 at the nearest point of the head, 0.1 at its farthest, 0 at the background.

    The map is linear in depth: depth = far - value (far - near), in metres along the camera's axis, wherever the
    value is above 0. Raises ValueError if the camera sees nothing of the head.
    """
    if not seen.mask.any():
        raise ValueError("the camera sees nothing of the head")
    inside = seen.depth[seen.mask]
    near, farthest = float(inside.min()), float(inside.max())
    far = float(np.float32(near + max(farthest - near, 1e-6) / (1 - _FLOOR)))  # as it is stored
    value = (far - seen.depth) / (far - near)
    return np.where(seen.mask, value, 0).astype(np.float32), near, far
