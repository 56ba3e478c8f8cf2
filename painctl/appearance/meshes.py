"""What a person has or wears besides skin, as geometry with colours and no texture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Mesh:
    """N vertices and M triangles, matt, counter-clockwise seen from outside."""

    vertices: np.ndarray  # float32 [N, 3], metres
    faces: np.ndarray  # int32 [M, 3]
    colour: np.ndarray  # float32 [N, 3], linear RGB albedo

    @classmethod
    def joined(cls, meshes: list[Mesh]) -> Mesh:
        """All of them as one."""
        starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])[:-1]
        faces = [mesh.faces + np.int32(start) for mesh, start in zip(meshes, starts, strict=True)]
        vertices, colour = ([getattr(mesh, name) for mesh in meshes] for name in ("vertices", "colour"))
        return cls(np.concatenate(vertices), np.concatenate(faces), np.concatenate(colour))


@dataclass(frozen=True, eq=False)
class Strands:
    """S strands of hair of P points each, root first."""

    points: np.ndarray  # float32 [S, P, 3], metres
    outward: np.ndarray  # float32 [S, P, 3], unit, away from the head
    width: np.ndarray  # float32 [S, P], metres
    colour: np.ndarray  # float32 [S, P, 3], linear RGB albedo
    buried: np.ndarray  # float32 [S, P], 0 at the outside of the hair to 1 at the scalp


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals [V, 3] of vertices [V, 3], the area-weighted means of those of their faces [F, 3]."""
    a, b, c = (vertices[faces[:, corner]].astype(np.float64) for corner in range(3))
    flat = np.cross(b - a, c - a)
    return unit(np.stack([np.bincount(faces.ravel(), np.repeat(axis, 3), len(vertices)) for axis in flat.T], 1))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors [..., 3] at length 1; one of no length stays what it is."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
