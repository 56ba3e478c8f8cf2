"""Whether heads, their topology and cameras are possible, beyond what the schema says of single values."""

from __future__ import annotations

import numpy as np

from painctl.records import Topology

_RADII = (0.01, 0.6)  # metres, of a head with its neck: half the diagonal of its bounding box
_EDGE = 0.05  # metres, the mean length of its edges at most
_DISPLACEMENT = 0.1  # metres by which an expression moves a vertex along an axis at most
_LANDMARKS = 68
_LEAST_AREA = 0.01  # of the unit square, that the triangles of a texture cover
_TOLERANCE = 1e-3


def is_head(vertices: np.ndarray) -> np.ndarray:
    """Whether vertices [N, V, 3], in metres, span what a head could: bool [N]."""
    axes = [vertices[:, :, axis] for axis in range(3)]  # one by one: much faster than all along the middle axis
    radius = np.linalg.norm([values.max(axis=1) - values.min(axis=1) for values in axes], axis=0) / 2
    return (radius > _RADII[0]) & (radius < _RADII[1])


def is_surface(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Whether the edges of triangles [F, 3] on vertices [N, V, 3] are as short as those of a head: bool [N]."""
    edges = vertices[:, faces[:, 0]] - vertices[:, faces[:, 1]]
    return np.linalg.norm(edges, axis=2).mean(axis=1) < _EDGE


def is_expression(vertices: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """Whether faces [N, V, 3] could be expressions of the neutral faces [N, V, 3]: bool [N]."""
    moved = (vertices - neutral).reshape(len(vertices), -1)
    return (moved.max(axis=1) < _DISPLACEMENT) & (moved.min(axis=1) > -_DISPLACEMENT)


def is_pinhole(intrinsics: np.ndarray) -> np.ndarray:
    """Whether matrices [N, 3, 3] are those of pinhole cameras without skew: bool [N]."""
    fixed = intrinsics.reshape(-1, 9)[:, [1, 3, 6, 7, 8]]
    return (intrinsics[:, 0, 0] > 0) & (intrinsics[:, 1, 1] > 0) & (fixed == (0, 0, 0, 0, 1)).all(axis=1)


def is_rigid(extrinsics: np.ndarray) -> np.ndarray:
    """Whether matrices [N, 4, 4] are rotations and translations that put the origin before the camera: bool [N]."""
    rotation = extrinsics[:, :3, :3]
    is_orthonormal = np.abs(rotation @ rotation.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2)) < _TOLERANCE
    is_affine = (extrinsics[:, 3] == (0, 0, 0, 1)).all(axis=1)
    return is_orthonormal & is_affine & (np.linalg.det(rotation) > 0) & (extrinsics[:, 2, 3] > 0)


def check_topology(topology: Topology) -> None:
    """Raises ValueError that names the column of the topology that does not fit the others."""
    vertices = topology.regions.shape[1]
    for name, target, rows in (
        ("faces", "V", vertices),
        ("uv_faces", "uvs", len(topology.uvs)),
        ("landmark_faces", "faces", len(topology.faces)),
    ):
        values = getattr(topology, name)
        if not len(values) or values.max() >= rows:
            raise ValueError(f"topology/{name}: out of range; the last row of {target} is {rows - 1}")
    for name, rows in (
        ("uv_faces", len(topology.faces)),
        ("landmark_faces", _LANDMARKS),
        ("landmark_barycentric", _LANDMARKS),
        ("regions", len(topology.region_names)),
        ("actions", len(topology.action_names)),
    ):
        if len(getattr(topology, name)) != rows:
            raise ValueError(f"topology/{name}: {len(getattr(topology, name))} rows, expected {rows}")
    faces = topology.faces
    if (faces == np.roll(faces, 1, axis=1)).any():
        raise ValueError("topology/faces: a triangle has the same corner twice")
    if _area(topology.uvs[topology.uv_faces]) < _LEAST_AREA:
        raise ValueError("topology/uv_faces: the triangles cover next to nothing of the texture")
    for name in ("region_names", "action_names", "coefficient_names"):
        if len(set(getattr(topology, name))) < len(getattr(topology, name)):
            raise ValueError(f"topology/{name}: a name is there twice")
    sums = topology.landmark_barycentric.sum(axis=1)
    if (np.abs(sums - 1) > _TOLERANCE).any():
        raise ValueError(f"topology/landmark_barycentric, row {np.argmax(np.abs(sums - 1))}: its sum is not 1")


def _area(triangles: np.ndarray) -> float:
    """The area of triangles [F, 3, 2] in all."""
    (ax, ay), (bx, by) = (triangles[:, 1] - triangles[:, 0]).T, (triangles[:, 2] - triangles[:, 0]).T
    return float(np.abs(ax * by - ay * bx).sum() / 2)
