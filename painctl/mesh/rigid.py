"""The rigid motion between two sets of points."""

from __future__ import annotations

import numpy as np


def rigid_motion(before: np.ndarray, after: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rotation [3, 3] and shift [3] that take points `before` [N, 3] to `after` [N, 3] in weighted least squares.

    `weights` [N] are not negative and not all zero. A point x goes to rotation @ x + shift. After Kabsch, A solution
    for the best rotation to relate two sets of vectors (1976), never with a reflection.
    """
    share = weights / weights.sum()
    from_middle, to_middle = (np.einsum("n,nd->d", share, points.astype(float)) for points in (before, after))
    covariance = np.einsum("n,ni,nj->ij", share, after - to_middle, before - from_middle)
    left, _, right = np.linalg.svd(covariance)
    upright = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = left @ upright @ right
    return rotation, to_middle - rotation @ from_middle
