"""Meshes as Wavefront OBJ: written for the paint pipeline, and read back with checks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.records import Topology


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """A mesh of N vertices, U texture coordinates and M triangles, unwrapped by the paint pipeline."""

    vertices: np.ndarray  # float64 [N, 3]
    faces: np.ndarray  # int64 [M, 3], rows of vertices
    uvs: np.ndarray  # float64 [U, 2], v upwards
    uv_faces: np.ndarray  # int64 [M, 3], rows of uvs


def write_obj(vertices: np.ndarray, topology: Topology) -> bytes:
    """A head as an OBJ file; vertices [V, 3] in metres, y up and z out of the face, as the pipeline expects them."""
    lines = ["v {:.9g} {:.9g} {:.9g}".format(*row) for row in vertices.tolist()]
    lines += ["vt {:.9g} {:.9g}".format(*row) for row in topology.uvs.tolist()]
    corners = np.stack([topology.faces, topology.uv_faces], 2).reshape(-1, 6) + 1
    lines += ["f {}/{} {}/{} {}/{}".format(*row) for row in corners.tolist()]
    return ("\n".join(lines) + "\n").encode()


def read_obj(data: bytes) -> Unwrapped:
    """The triangles of an OBJ file; materials and pictures named in it are ignored.

    Raises ValueError that names the invalid line or value.
    """
    rows: dict[str, list[list[float]]] = {"v": [], "vt": []}
    corners: list[list[list[int]]] = []
    for number, line in enumerate(data.decode("ascii", "replace").splitlines(), 1):
        keyword, *words = line.split() or [""]
        try:
            if keyword in rows:
                width = 3 if keyword == "v" else 2
                rows[keyword].append(_numbers(words[:width], width))
            elif keyword == "f":
                corners.append(_corners(words))
        except ValueError:
            raise ValueError(f"line {number} is invalid: {line[:60]!r}") from None
    if not corners:
        raise ValueError("it has no triangles")
    faces = np.array(corners, np.int64) - 1
    mesh = Unwrapped(
        np.array(rows["v"], float).reshape(-1, 3),
        faces[..., 0],
        np.array(rows["vt"], float).reshape(-1, 2),
        faces[..., 1],
    )
    for indices, values, name in (
        (mesh.faces, mesh.vertices, "vertices"),
        (mesh.uv_faces, mesh.uvs, "texture coordinates"),
    ):
        if not 0 <= indices.min() <= indices.max() < len(values):
            raise ValueError(f"triangles refer to {name} that are not among its {len(values)}")
    if not np.isfinite(mesh.vertices).all() or not ((mesh.uvs >= 0) & (mesh.uvs <= 1)).all():
        raise ValueError("vertices must be finite, and texture coordinates from 0 to 1")
    return mesh


def _numbers(words: list[str], count: int) -> list[float]:
    if len(words) != count:
        raise ValueError
    return [float(word) for word in words]


def _corners(words: list[str]) -> list[list[int]]:
    """Three corners, each a vertex and a texture coordinate, counted from 1."""
    corners = [[int(part) for part in word.split("/")[:2]] for word in words]
    if len(corners) != 3 or any(len(corner) != 2 or max(corner) >= 1 << 31 for corner in corners):
        raise ValueError
    return corners
