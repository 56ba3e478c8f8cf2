"""What shading needs to know of a mesh at its corners: positions, normals and tangents, seams and all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from painctl.records import Topology


@dataclass(frozen=True, eq=False)
class Corners:
    """The distinct pairs of a vertex and a texture coordinate: C corners, a vertex on a UV seam giving several."""

    faces: np.ndarray  # int32 [F, 3], rows of the arrays below
    vertex: np.ndarray  # int64 [C], row of the vertices
    uv: np.ndarray  # float32 [C, 2], v upwards

    @classmethod
    def of(cls, topology: Topology) -> Corners:
        keys = topology.faces.astype(np.int64) * len(topology.uvs) + topology.uv_faces
        pairs, rows = np.unique(keys, return_inverse=True)
        vertex, uv = np.divmod(pairs, len(topology.uvs))
        return cls(rows.reshape(-1, 3).astype(np.int32), vertex, topology.uvs[uv])

    def weights(self, face: np.ndarray, barycentric: np.ndarray) -> csr_matrix:
        """The matrix [N, C] that takes values at corners to points in triangles face [N], barycentric [N, 3]."""
        starts = np.arange(0, 3 * len(face) + 1, 3, dtype=np.int32)
        return csr_matrix((barycentric.ravel(), self.faces[face].ravel(), starts), shape=(len(face), len(self.vertex)))

    @cached_property
    def uv_area(self) -> np.ndarray:
        """The area of each triangle in the unit square of the texture: float64 [F]."""
        a, b, c = self.uv[self.faces].transpose(1, 2, 0).astype(np.float64)
        return np.abs((b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0]) / 2

    @cached_property
    def _uv_gradient(self) -> tuple[np.ndarray, np.ndarray]:
        """Per face, the weights [F] of its two edges in dP/du, and which way round its UVs run, -1 or 1 [F]."""
        a, b, c = self.uv[self.faces].transpose(1, 0, 2).astype(np.float64)
        area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
        turn = np.where(area < 0, -1.0, 1.0)
        return np.stack([(c - a)[:, 1], -(b - a)[:, 1]]) * turn, turn

    def frames(self, vertices: np.ndarray) -> np.ndarray:
        """Shading frames for vertices [V, 3]: float32 [C, 7], unit normal, unit tangent along u, and handedness.

        Normals are the area-weighted means over the faces of a vertex, tangents over those of a corner. The third
        axis, along v, is handedness times normal x tangent.
        """
        ends = vertices.astype(np.float64)[self.vertex[self.faces]]  # [F, 3, 3]
        ab, ac = (ends[:, 1] - ends[:, 0]).T, (ends[:, 2] - ends[:, 0]).T
        normals = unit(_gather(cross(ab, ac), self.vertex[self.faces], len(vertices)))[:, self.vertex]
        along, turn = self._uv_gradient
        tangents = _gather(along[0] * ab + along[1] * ac, self.faces, len(self.vertex))
        tangents = unit(tangents - (tangents * normals).sum(axis=0) * normals)
        handedness = np.sign(_gather(turn[None], self.faces, len(self.vertex)))
        return np.concatenate([normals, tangents, handedness]).T.astype(np.float32)


def _gather(values: np.ndarray, faces: np.ndarray, rows: int) -> np.ndarray:
    """Sum values [D, F] of faces onto their corners: [D, rows]."""
    corners = faces.ravel()
    return np.stack([np.bincount(corners, np.repeat(value, 3), rows) for value in values])


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross products of vectors [3, N]."""
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors [3, N] at length 1; one of no length stays what it is."""
    return vectors / np.maximum(np.sqrt((vectors * vectors).sum(axis=0)), 1e-20)
