"""A mesh at its corners, as shading needs it: normals and tangents on both sides of every UV seam."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from painctl.mesh.normals import sum_at_vertices, vertex_normals
from painctl.records import Topology
from painctl.render.planar import unit


@dataclass(frozen=True, eq=False)
class Corners:
    """The distinct pairs of a vertex and a texture coordinate: C corners, several per vertex on a UV seam."""

    faces: np.ndarray  # int32 [F, 3], rows of the arrays below
    vertex: np.ndarray  # int64 [C], row of the vertices
    uv: np.ndarray  # float32 [C, 2], v upwards

    @classmethod
    def of(cls, topology: Topology) -> Corners:
        """The corners of a topology."""
        keys = topology.faces.astype(np.int64) * len(topology.uvs) + topology.uv_faces
        pairs, rows = np.unique(keys, return_inverse=True)
        vertex, uv = np.divmod(pairs, len(topology.uvs))
        return cls(rows.reshape(-1, 3).astype(np.int32), vertex, topology.uvs[uv])

    def weights(self, face: np.ndarray, barycentric: np.ndarray) -> csr_matrix:
        """The matrix [N, C] that interpolates corners at points of triangles face [N], barycentric [N, 3]."""
        starts = np.arange(0, 3 * len(face) + 1, 3, dtype=np.int32)
        return csr_matrix((barycentric.ravel(), self.faces[face].ravel(), starts), shape=(len(face), len(self.vertex)))

    @cached_property
    def uv_area(self) -> np.ndarray:
        """The area of each triangle in the unit square of the texture: float64 [F]."""
        return np.abs(self._uv_cross) / 2

    @cached_property
    def _uv_edges(self) -> tuple[np.ndarray, np.ndarray]:
        """The edges 0-1 and 0-2 of each triangle in the texture: float64 [F, 2] each."""
        a, b, c = self.uv[self.faces].transpose(1, 0, 2).astype(np.float64)
        return b - a, c - a

    @cached_property
    def _uv_cross(self) -> np.ndarray:
        """Twice the signed area of each triangle in the texture, negative where it is mirrored: float64 [F]."""
        ab, ac = self._uv_edges
        return ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]

    def frames(self, vertices: np.ndarray) -> np.ndarray:
        """Shading frames for vertices [V, 3]: float32 [C, 7], unit normal, unit tangent along u, and handedness.

        Normals are area-weighted means over the faces of a vertex, tangents over those of a corner. The third axis,
        along v, is handedness times normal x tangent.
        """
        normals = vertex_normals(vertices, self.vertex[self.faces])[self.vertex].T
        a, b, c = vertices.astype(np.float64)[self.vertex[self.faces]].transpose(1, 0, 2)
        turn = np.where(self._uv_cross < 0, -1.0, 1.0)[:, None]
        uv_ab, uv_ac = self._uv_edges
        along = (uv_ac[:, 1:] * turn) * (b - a) + (-uv_ab[:, 1:] * turn) * (c - a)  # dP/du, scaled by the UV area
        tangents = sum_at_vertices(along, self.faces, len(self.vertex)).T
        tangents = unit(tangents - (tangents * normals).sum(axis=0) * normals)
        handedness = np.sign(sum_at_vertices(turn, self.faces, len(self.vertex))).T
        return np.concatenate([normals, tangents, handedness]).T.astype(np.float32)
