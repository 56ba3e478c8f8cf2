"""Cutting a mesh with a plane. Triangles that straddle it are clipped, so that the cut is flat and closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Blend:
    """N rows of a new array as mixtures of two rows each of an old one: (1 - w) old[a] + w old[b]."""

    a: np.ndarray  # int [N]
    b: np.ndarray  # int [N]
    w: np.ndarray  # float [N], 0..1

    def __call__(self, old: np.ndarray, axis: int = 0) -> np.ndarray:
        """The new array, of N rows along `axis`."""
        shape = [1] * old.ndim
        shape[axis] = len(self.w)
        w = self.w.reshape(shape)
        return (1 - w) * old.take(self.a, axis) + w * old.take(self.b, axis)


def clip_below(
    height: np.ndarray, faces: np.ndarray, uv_faces: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Blend, Blend]:
    """Cut off the part of a mesh that is below height 0.

    `height` float [V] is the signed distance of each vertex to the plane; `faces` and `uv_faces` are int [F, 3].
    Returns (faces, uv_faces, vertices, uvs): the new triangles, a `Blend` for values at vertices, and another for
    values at texture coordinates. Rows that no triangle uses are dropped.
    """
    inside = height[faces] >= 0
    count = inside.sum(1)
    corners: list[np.ndarray] = [_corners(faces[count == 3], uv_faces[count == 3])]
    for kept in (1, 2):
        corners += _clipped(faces[count == kept], uv_faces[count == kept], inside[count == kept], kept)
    flat = np.concatenate(corners)  # [F', 3, (a, b, uv a, uv b)]
    new_faces, a, b = _distinct_pairs(flat[..., 0], flat[..., 1])
    new_uv_faces, uv_a, uv_b = _distinct_pairs(flat[..., 2], flat[..., 3])
    # a new texture coordinate divides its edge in the same ratio as the new vertex
    weight = _weight(height, a, b)
    uv_weight = np.zeros(len(uv_a))
    uv_weight[new_uv_faces.ravel()] = weight[new_faces.ravel()]
    return new_faces, new_uv_faces, Blend(a, b, weight), Blend(uv_a, uv_b, uv_weight)


def _corners(faces: np.ndarray, uv_faces: np.ndarray) -> np.ndarray:
    """Uncut corners in the form of `_crossing`, [F, 3, 4]."""
    return np.stack([faces, faces, uv_faces, uv_faces], -1)


def _clipped(faces: np.ndarray, uv_faces: np.ndarray, inside: np.ndarray, kept: int) -> list[np.ndarray]:
    """Triangles with `kept` corners inside: one becomes one new triangle, two become two. Each [F, 3, 4]."""
    lone = np.argmax(inside, 1) if kept == 1 else np.argmin(inside, 1)
    order = (lone[:, None] + np.arange(3)) % 3  # the lone corner first, orientation kept
    f, u = np.take_along_axis(faces, order, 1), np.take_along_axis(uv_faces, order, 1)
    corner = _corners(f, u)
    first, last = _crossing(f, u, 0, 1), _crossing(f, u, 0, 2)
    if kept == 1:
        return [np.stack([corner[:, 0], first, last], 1)]
    return [np.stack([first, corner[:, 1], corner[:, 2]], 1), np.stack([first, corner[:, 2], last], 1)]


def _crossing(faces: np.ndarray, uv_faces: np.ndarray, i: int, j: int) -> np.ndarray:
    """The point where edge i-j crosses the plane, [F, 4]: both ends, the smaller vertex first, and both uv ends."""
    swap = faces[:, i] > faces[:, j]
    a, b = np.where(swap, faces[:, j], faces[:, i]), np.where(swap, faces[:, i], faces[:, j])
    ua, ub = np.where(swap, uv_faces[:, j], uv_faces[:, i]), np.where(swap, uv_faces[:, i], uv_faces[:, j])
    return np.stack([a, b, ua, ub], -1)


def _weight(height: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where edges a-b [N] cross height 0, as a share of their length; 0 where a is b."""
    fall = height[a] - height[b]
    return np.divide(height[a], fall, out=np.zeros(len(a)), where=a != b)


def _distinct_pairs(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(index, first, second): the distinct pairs (a, b), and the index of each element's pair, in the shape of a."""
    pairs, index = np.unique(np.stack([a.ravel(), b.ravel()], 1), axis=0, return_inverse=True)
    return index.reshape(a.shape), pairs[:, 0], pairs[:, 1]
