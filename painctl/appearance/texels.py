"""Which triangle covers each texel of a head's texture: the same for every person of a head model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.sparse import csr_matrix

from painctl.records import Topology


@dataclass(frozen=True, eq=False)
class Texels:
    """The C texels of a T x T texture that the mesh covers, and for every texel the nearest covered one."""

    size: int
    covered: np.ndarray  # int [C], flat indices
    weights: csr_matrix  # [C, V], from values at vertices to values at texels
    nearest: np.ndarray  # int [T * T], index into covered

    def interpolate(self, values: np.ndarray) -> np.ndarray:
        """Values at vertices [V, ...] as float32 values at the covered texels [C, ...]."""
        return (self.weights @ values.astype(np.float32)).astype(np.float32)

    def picture(self, values: np.ndarray) -> np.ndarray:
        """Values at the covered texels [C, ...] as a picture [T, T, ...], extended beyond the islands' borders."""
        return values[self.nearest].reshape(self.size, self.size, *values.shape[1:])

    def gather(self, picture: np.ndarray) -> np.ndarray:
        """Values [C, ...] of a picture [T, T, ...] at the covered texels."""
        return picture.reshape(self.size**2, *picture.shape[2:])[self.covered]


def texels(topology: Topology, size: int) -> Texels:
    """The texels of a topology's UV layout; computed once per process for each layout and size."""
    layout = (topology.faces.tobytes(), topology.uv_faces.tobytes(), topology.uvs.tobytes())
    return _texels(*layout, int(topology.faces.max()) + 1, size)


@lru_cache(maxsize=4)
def _texels(faces: bytes, uv_faces: bytes, uvs: bytes, count: int, size: int) -> Texels:
    triangles = np.frombuffer(faces, np.int32).reshape(-1, 3)
    corners = np.frombuffer(uvs, np.float32).reshape(-1, 2)[np.frombuffer(uv_faces, np.int32).reshape(-1, 3)]
    face_at_texel = rasterise_uvs(corners, size)
    covered = np.flatnonzero(face_at_texel >= 0)
    face = face_at_texel[covered]
    row, column = np.divmod(covered, size)
    points = np.stack([(column + 0.5) / size, 1 - (row + 0.5) / size], 1)
    barycentric = np.clip(_barycentric(corners[face].astype(np.float64), points), 0, 1)
    barycentric /= barycentric.sum(1, keepdims=True)
    starts = np.arange(0, 3 * len(covered) + 1, 3)
    weights = csr_matrix(
        (barycentric.astype(np.float32).ravel(), triangles[face].ravel(), starts), shape=(len(covered), count)
    )
    index = np.full(size * size, -1)
    index[covered] = np.arange(len(covered))
    bare = (face_at_texel < 0).reshape(size, size)
    rows, columns = distance_transform_edt(bare, return_distances=False, return_indices=True)
    nearest = index.reshape(size, size)[rows, columns].ravel()
    return Texels(size, covered, weights, nearest)


def rasterise_uvs(corners: np.ndarray, size: int) -> np.ndarray:
    """The triangle at each texel's centre, int [size * size], -1 where there is none; `corners` [F, 3, 2] are UVs."""
    flat = np.concatenate([corners - 0.5, np.full((*corners.shape[:2], 1), -1, np.float32)], 2).reshape(-1, 3)
    indices = np.arange(len(flat), dtype=np.int32).reshape(-1, 3)
    colours = np.zeros_like(flat)
    colours[:, 0] = np.repeat(np.arange(1, len(corners) + 1), 3)
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_FLAT)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    picture = np.zeros((size, size, 3), np.float32)
    depth = np.full((size, size), 2, np.float32)
    field_of_view = 2 * np.arctan(0.5)
    cv2.triangleRasterize(
        np.ascontiguousarray(flat),
        indices,
        colours,
        picture,
        depth,
        np.eye(4, dtype=np.float32),
        field_of_view,
        0.5,
        2,
        settings,
    )
    return np.rint(picture[..., 0]).astype(np.int64).ravel() - 1


def _barycentric(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Barycentric coordinates [N, 3] of points [N, 2] in triangles [N, 3, 2]."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac, ap = b - a, c - a, points - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    area = np.where(np.abs(area) < 1e-18, 1e-18, area)
    v = (ap[:, 0] * ac[:, 1] - ap[:, 1] * ac[:, 0]) / area
    w = (ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]) / area
    return np.stack([1 - v - w, v, w], 1)
