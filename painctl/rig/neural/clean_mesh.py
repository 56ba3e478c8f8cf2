"""A triangle mesh without its defects, and the gradient of functions on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from painctl.mesh.graph import connected_components, directed_edges, unique_edges
from painctl.mesh.normals import face_areas, face_vectors, sum_at_vertices

MIN_VERTICES = 200  # a mesh with fewer cannot be a head
_MAX_INCONSISTENT = 0.1  # share of the edges whose two triangles may have opposite orientations
_DEGENERATE = 1e-8  # of the mean triangle's area: below it floating point cannot hold a triangle's gradient


@dataclass(frozen=True, eq=False)
class CleanMesh:
    """The valid part of a mesh: N of its V vertices and M of its F triangles, all of nonzero area."""

    vertices: np.ndarray  # float64 [N, 3]
    faces: np.ndarray  # int64 [M, 3], into vertices
    rows: np.ndarray  # int64 [N], the rows of the vertices in the original mesh
    face_rows: np.ndarray  # int64 [M], the rows of the triangles in the original mesh
    owner: np.ndarray  # int64 [V], the vertex of this mesh that each original vertex moves with; -1 for none

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray) -> CleanMesh:
        """Clean a mesh, `vertices` float [V, 3] and `faces` int [F, 3].

        Triangles without area are removed; a vertex only of such triangles moves with its nearest neighbour, and a
        vertex of no triangle does not move. Parts whose borders coincide, as in files that cut the skin along texture
        seams, are joined. Raises ValueError if the mesh is invalid or cannot be a head.
        """
        vertices, faces = np.asarray(vertices, np.float64), np.asarray(faces, np.int64)
        _check(vertices, faces)

        # degenerate triangles
        areas = face_areas(vertices, faces)
        face_rows = np.flatnonzero(areas > _DEGENERATE * areas.mean())
        used, compact = np.unique(faces[face_rows], return_inverse=True)
        if len(used) < MIN_VERTICES:
            raise ValueError(f"the mesh has {len(used)} vertices in valid triangles; a head has {MIN_VERTICES} or more")

        # seams
        first, number = _join_seams(vertices[used], compact.reshape(-1, 3))
        rows = used[first]

        # the vertex that each original vertex moves with
        owner = np.full(len(vertices), -1)
        owner[np.unique(faces)] = cKDTree(vertices[rows]).query(vertices[np.unique(faces)])[1]
        owner[used] = number
        return cls(vertices[rows], number[compact.reshape(-1, 3)], rows, face_rows, owner)

    def moved(self, vertices: np.ndarray) -> CleanMesh:
        """The same triangles over other vertices [N, 3]."""
        return replace(self, vertices=vertices)

    def outward(self) -> CleanMesh:
        """The mesh with the triangles of its largest part counter-clockwise from outside.

        All triangles are flipped if the largest part has a negative volume about its centre. Raises ValueError if
        neighbouring triangles have opposite orientations.
        """
        edges = directed_edges(self.faces)
        inconsistent = len(edges) - len(np.unique(edges, axis=0))  # traversed twice in one direction
        if inconsistent > _MAX_INCONSISTENT * len(unique_edges(self.faces)):
            raise ValueError(
                "neighbouring triangles face opposite ways or are duplicated; orient them all outwards, each once"
            )
        largest = (self.parts == 0)[self.faces[:, 0]]
        centre = self.vertices[self.parts == 0].mean(0)
        volume = ((self.vertices[self.faces[largest, 0]] - centre) * self._face_vectors[largest]).sum()
        return self if volume >= 0 else replace(self, faces=np.ascontiguousarray(self.faces[:, ::-1]))

    @cached_property
    def _face_vectors(self) -> np.ndarray:
        return face_vectors(self.vertices, self.faces)

    @cached_property
    def areas(self) -> np.ndarray:
        """Areas of the triangles, float64 [M]."""
        return np.linalg.norm(self._face_vectors, axis=1) / 2

    @cached_property
    def normals(self) -> np.ndarray:
        """Unit normals of the triangles, float64 [M, 3]."""
        return self._face_vectors / (2 * self.areas[:, None])

    @cached_property
    def vertex_normals(self) -> np.ndarray:
        """Area-weighted unit normals at the vertices, float64 [N, 3].

        Where the triangles around a vertex cancel out it is the normal of one of them, unlike in `painctl.mesh`.
        """
        total = sum_at_vertices(self._face_vectors, self.faces, len(self.vertices))
        length = np.linalg.norm(total, axis=1, keepdims=True)
        fallback = np.empty_like(total)
        fallback[self.faces.ravel()] = np.repeat(self.normals, 3, 0)
        return np.where(length > 1e-12 * self.areas.mean(), total / np.maximum(length, 1e-300), fallback)

    @cached_property
    def hats(self) -> np.ndarray:
        """Gradients of the three hat functions of each triangle, float64 [M, 3 (corner), 3].

        grad phi_i = n x e_i / (2 A), e_i the edge opposite corner i, counter-clockwise.
        """
        corners = self.vertices[self.faces]
        opposite = np.roll(corners, -2, 1) - np.roll(corners, -1, 1)
        return np.cross(self.normals[:, None], opposite) / (2 * self.areas[:, None, None])

    @cached_property
    def gradient(self) -> csr_matrix:
        """G [3 M, N], from a function on the vertices to its gradient in each triangle, three rows per triangle."""
        count = len(self.faces)
        rows = np.broadcast_to(3 * np.arange(count)[:, None, None] + np.arange(3), (count, 3, 3))
        columns = np.broadcast_to(self.faces[:, :, None], (count, 3, 3))
        shape = (3 * count, len(self.vertices))
        return csr_matrix((self.hats.ravel(), (rows.ravel(), columns.ravel())), shape)

    @cached_property
    def parts(self) -> np.ndarray:
        """The connected part of each vertex, int [N]; part 0 has the largest area, the others follow by area."""
        label = connected_components(self.faces, len(self.vertices))
        order = np.argsort(-np.bincount(label[self.faces[:, 0]], self.areas), kind="stable")
        return np.argsort(order)[label]


def jacobians(mesh: CleanMesh, field: np.ndarray) -> np.ndarray:
    """Derivatives d field_i / d x_j of a vector field [N, 3] on the vertices in each triangle, [M, 3, 3]."""
    return np.einsum("fci,fcj->fij", field[mesh.faces], mesh.hats)


def _join_seams(points: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge coinciding vertices of different parts.

    Returns the vertices that remain, int [N], and the one of them that each of the points [V] becomes, int [V].
    Coinciding vertices of a single part are not merged: lips may touch.
    """
    place = np.unique(points, axis=0, return_inverse=True)[1].ravel()
    if place.max() + 1 == len(points):
        return np.arange(len(points)), np.arange(len(points))
    part = connected_components(faces, len(points))
    order = np.lexsort((part, place))
    changes = np.append(True, (np.diff(place[order]) != 0) | (np.diff(part[order]) != 0))
    start = np.maximum.accumulate(np.where(changes, np.arange(len(order)), 0))
    rank = np.empty(len(points), int)
    rank[order] = np.arange(len(order)) - start  # among the vertices of the same part at the same point
    _, first, number = np.unique(np.stack([place, rank], 1), axis=0, return_index=True, return_inverse=True)
    original = np.argsort(first)  # the order of the mesh
    return first[original], np.argsort(original)[number.ravel()]


def _check(vertices: np.ndarray, faces: np.ndarray) -> None:
    if vertices.ndim != 2 or vertices.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
        raise ValueError("a mesh has vertices [V, 3] and triangles [F, 3]")
    if not np.isfinite(vertices).all():
        raise ValueError(f"vertex {int(np.flatnonzero(~np.isfinite(vertices).all(1))[0])} is not finite")
    if len(faces) == 0:
        raise ValueError("the mesh has no triangles")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise ValueError(f"the triangles refer to vertices that are not among the {len(vertices)}")
