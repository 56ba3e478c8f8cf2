"""A triangle mesh as the neural rig sees it: what is broken left out, and the gradient of functions on the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

FEWEST = 200  # vertices of anything that could be a head
_ASTRAY = 0.1  # share of the edges whose two triangles may be turned against each other
_THIN = 1e-8  # of the mean triangle's area: below it a triangle has no gradient that numbers could hold


@dataclass(frozen=True, eq=False)
class Surface:
    """The sound part of a mesh: N of its V vertices and M of its F triangles, all with an area."""

    vertices: np.ndarray  # float64 [N, 3]
    faces: np.ndarray  # int64 [M, 3], into vertices
    rows: np.ndarray  # int64 [N], which of the mesh's vertices these are
    kept: np.ndarray  # int64 [M], which of the mesh's triangles these are
    owner: np.ndarray  # int64 [V], the vertex of this surface that each of the mesh's moves with; -1 belongs to none

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray) -> Surface:
        """The surface of a mesh, `vertices` float [V, 3] and `faces` int [F, 3].

        Triangles without area are left out; a vertex that only they have moves with its nearest neighbour, and one
        in no triangle at all stays where it is. Parts that end on the very same points, as files have them that cut
        the skin along the seams of a texture, are joined there. Raises ValueError for what cannot be a head.
        """
        vertices, faces = np.asarray(vertices, np.float64), np.asarray(faces, np.int64)
        _check(vertices, faces)
        corners = vertices[faces]
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
        kept = np.flatnonzero(area > _THIN * area.mean())
        sound, compact = np.unique(faces[kept], return_inverse=True)
        if len(sound) < FEWEST:
            raise ValueError(f"the mesh has {len(sound)} vertices in sound triangles; a head has {FEWEST} or more")
        first, number = _joined(vertices[sound], compact.reshape(-1, 3))
        rows = sound[first]
        owner = np.full(len(vertices), -1)
        owner[np.unique(faces)] = cKDTree(vertices[rows]).query(vertices[np.unique(faces)])[1]
        owner[sound] = number
        return cls(vertices[rows], number[compact.reshape(-1, 3)], rows, kept, owner)

    def moved(self, vertices: np.ndarray) -> Surface:
        """The same triangles over other vertices [N, 3]."""
        return replace(self, vertices=vertices)

    def outward(self) -> Surface:
        """The same with the largest part's triangles counter-clockwise from outside: all turned over if it has less
        than no volume about its middle. Raises ValueError where neighbours are turned against each other."""
        edges = np.sort(_edges(self.faces), 1)
        alike = len(self.faces) * 3 - len(np.unique(_edges(self.faces), axis=0))  # walked twice in one direction
        if alike > _ASTRAY * len(np.unique(edges, axis=0)):
            raise ValueError("neighbouring triangles face opposite ways, or are there twice; turn them all outwards")
        largest = (self.parts == 0)[self.faces[:, 0]]
        middle = self.vertices[self.parts == 0].mean(0)
        volume = ((self.vertices[self.faces[largest, 0]] - middle) * self._cross[largest]).sum()
        return self if volume >= 0 else replace(self, faces=np.ascontiguousarray(self.faces[:, ::-1]))

    @cached_property
    def _cross(self) -> np.ndarray:
        a, b, c = np.moveaxis(self.vertices[self.faces], 1, 0)
        return np.cross(b - a, c - a)

    @cached_property
    def areas(self) -> np.ndarray:
        """Float64 [M]."""
        return np.linalg.norm(self._cross, axis=1) / 2

    @cached_property
    def normals(self) -> np.ndarray:
        """Unit normals of the triangles, float64 [M, 3]."""
        return self._cross / (2 * self.areas[:, None])

    @cached_property
    def vertex_normals(self) -> np.ndarray:
        """Unit normals at the vertices, by area, float64 [N, 3]; that of a triangle where its triangles cancel out."""
        spread = np.repeat(self._cross, 3, 0).T
        total = np.stack([np.bincount(self.faces.ravel(), c, len(self.vertices)) for c in spread], 1)
        length = np.linalg.norm(total, axis=1, keepdims=True)
        some = np.empty_like(total)
        some[self.faces.ravel()] = np.repeat(self.normals, 3, 0)
        return np.where(length > 1e-12 * self.areas.mean(), total / np.maximum(length, 1e-300), some)

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
        """G [3 M, N]: of a function on the vertices, its gradient in each triangle, three rows a triangle."""
        count = len(self.faces)
        rows = np.broadcast_to(3 * np.arange(count)[:, None, None] + np.arange(3), (count, 3, 3))
        columns = np.broadcast_to(self.faces[:, :, None], (count, 3, 3))
        shape = (3 * count, len(self.vertices))
        return csr_matrix((self.hats.ravel(), (rows.ravel(), columns.ravel())), shape)

    @cached_property
    def parts(self) -> np.ndarray:
        """The connected part of each vertex, int [N], numbered from the part of the largest area down."""
        label = _parts(self.faces, len(self.vertices))
        order = np.argsort(-np.bincount(label[self.faces[:, 0]], self.areas), kind="stable")
        return np.argsort(order)[label]


def jacobians(surface: Surface, field: np.ndarray) -> np.ndarray:
    """Of a vector field [N, 3] on the vertices, its derivative in each triangle: [M, 3, 3], d field_i / d x_j."""
    return np.einsum("fci,fcj->fij", field[surface.faces], surface.hats)


def _edges(faces: np.ndarray) -> np.ndarray:
    """[3 M, 2], each in the direction of its triangle."""
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def _parts(faces: np.ndarray, count: int) -> np.ndarray:
    """A number of the connected part of each of `count` vertices."""
    edges = _edges(faces)
    graph = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (count, count))
    return connected_components(graph, directed=False)[1]


def _joined(points: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(the first vertex of each that is left, which of those each of the vertices [V] is).

    Vertices of different parts at one point are one. Those of a single part are not: lips may touch.
    """
    place = np.unique(points, axis=0, return_inverse=True)[1].ravel()
    if place.max() + 1 == len(points):
        return np.arange(len(points)), np.arange(len(points))
    part = _parts(faces, len(points))
    order = np.lexsort((part, place))
    fresh = np.append(True, (np.diff(place[order]) != 0) | (np.diff(part[order]) != 0))
    since = np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))
    rank = np.empty(len(points), int)
    rank[order] = np.arange(len(order)) - since  # among the vertices of its own part at this point
    _, first, number = np.unique(np.stack([place, rank], 1), axis=0, return_index=True, return_inverse=True)
    back = np.argsort(first)  # in the mesh's order
    return first[back], np.argsort(back)[number.ravel()]


def _check(vertices: np.ndarray, faces: np.ndarray) -> None:
    if vertices.ndim != 2 or vertices.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
        raise ValueError("a mesh has vertices [V, 3] and triangles [F, 3]")
    if not np.isfinite(vertices).all():
        raise ValueError(f"vertex {int(np.flatnonzero(~np.isfinite(vertices).all(1))[0])} is not finite")
    if len(faces) == 0 or faces.min() < 0 or faces.max() >= len(vertices):
        raise ValueError(f"the triangles name vertices that are not among the {len(vertices)}")
