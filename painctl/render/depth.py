"""Depth maps as a depth ControlNet expects them, convertible back to metres."""

from __future__ import annotations

import numpy as np

from painctl.render.rasterise import GBuffer

_FLOOR = 0.1  # value of the farthest point of the head, to set it apart from the background's 0


def depth_map(gbuffer: GBuffer) -> tuple[np.ndarray, float, float]:
    """(map float32 [S, S], near, far): 1 at the nearest point of the head, 0.1 at its farthest, 0 at the background.

    The map is linear in depth: depth = far - value (far - near), in metres along the camera's axis, wherever the
    value is above 0. Raises ValueError if the head is not in view.
    """
    if not gbuffer.mask.any():
        raise ValueError("no part of the head is in view of the camera")
    inside = gbuffer.depth[gbuffer.mask]
    near, farthest = float(inside.min()), float(inside.max())
    far = float(np.float32(near + max(farthest - near, 1e-6) / (1 - _FLOOR)))  # rounded as the shard stores it
    value = (far - gbuffer.depth) / (far - near)
    return np.where(gbuffer.mask, value, 0).astype(np.float32), near, far
