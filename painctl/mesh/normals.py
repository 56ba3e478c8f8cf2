"""Normals and areas of triangle meshes."""

from __future__ import annotations

import numpy as np


def face_vectors(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Cross products of the edges of triangles [F, 3] over vertices [V, 3], float64 [F, 3].

    Each points outwards where its triangle is counter-clockwise seen from outside, and is twice its area long.
    """
    a, b, c = (vertices[faces[:, corner]].astype(np.float64) for corner in range(3))
    return np.cross(b - a, c - a)


def face_areas(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Areas of triangles [F, 3] over vertices [V, 3], float64 [F]."""
    return np.linalg.norm(face_vectors(vertices, faces), axis=1) / 2


def face_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals of triangles [F, 3] over vertices [V, 3], float64 [F, 3]; zero for a triangle without area."""
    return unit(face_vectors(vertices, faces))


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals of vertices [V, 3] with triangles [F, 3], float64 [V, 3]."""
    return unit(sum_at_vertices(face_vectors(vertices, faces), faces, len(vertices)))


def sum_at_vertices(values: np.ndarray, faces: np.ndarray, count: int) -> np.ndarray:
    """Sums of the values [F, D] of the triangles [F, 3] around each of `count` vertices, float64 [count, D]."""
    corners = faces.ravel()
    return np.stack([np.bincount(corners, np.repeat(column, 3), count) for column in values.T], axis=1)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors [..., 3] scaled to length 1. Those shorter than 1e-12 become shorter than 1, and zero stays zero."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
