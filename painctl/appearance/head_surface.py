"""A head as a cloud of points with normals: hair is rooted on it and must stay outside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from painctl.mesh.normals import face_areas, unit, vertex_normals
from painctl.records import Topology

_COUNT = 9000  # points


@dataclass(frozen=True, eq=False)
class HeadSurface:
    """N points of the outside of a head, without eyes and mouth."""

    tree: cKDTree  # of the points
    points: np.ndarray  # [N, 3], metres
    normals: np.ndarray  # [N, 3], unit

    @classmethod
    def of(cls, topology: Topology, vertices: np.ndarray, generator: np.random.Generator) -> HeadSurface:
        """Random points of a head of vertices [V, 3] in metres."""
        inner = np.max([topology.region(name) for name in ("eyes", "sockets", "mouth_inside", "tongue")], axis=0) > 0
        faces = topology.faces[~inner[topology.faces].any(1)]
        points, normals = scatter_points(vertices.astype(float), faces, np.ones(len(faces)), _COUNT, generator)
        return cls(cKDTree(points), points, normals)

    def nearest(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Height [N] of points [N, 3] above the surface, metres, and its unit normals [N, 3] there."""
        index = self.tree.query(points)[1]
        normals = self.normals[index]
        return ((points - self.points[index]) * normals).sum(1), normals


def scatter_points(
    vertices: np.ndarray, faces: np.ndarray, density: np.ndarray, count: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Random points [count, 3] on triangles, by area times `density` [F], and smooth unit normals [count, 3]."""
    odds = face_areas(vertices, faces) * density
    normals = vertex_normals(vertices, faces)
    chosen = generator.choice(len(faces), count, p=odds / odds.sum())
    u, v = np.sqrt(generator.random(count)), generator.random(count)
    barycentric = np.stack([1 - u, u * (1 - v), u * v], 1)
    points, smooth = (np.einsum("nk,nkd->nd", barycentric, values[faces[chosen]]) for values in (vertices, normals))
    return points, unit(smooth)
