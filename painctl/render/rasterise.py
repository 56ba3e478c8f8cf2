"""Rasterisation: which triangle each pixel sees, and where in it.

An engine only answers the first question. The second is answered by `Planes`, from P in float64 and alike for every
engine: with P the 3 x 3 matrix whose columns are a triangle's corners in homogeneous pixels (K [R|t] x), the point at
pixel (u, v) has perspective-correct barycentrics b proportional to P^-1 (u, v, 1), with sum(b) = 1 (Olano and Greer,
Triangle scan conversion using 2D homogeneous coordinates, 1997).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from painctl.records import Camera

BACKGROUND = -1
NEAR = 0.01  # metres, the near plane at which triangles are clipped
GROWTH = 1e-4  # of a triangle about its centroid, as a share of its size


@dataclass(frozen=True, eq=False)
class Planes:
    """The planes of F triangles as a camera sees them; the same for pictures of any number of pixels."""

    adjugate: np.ndarray  # float32 [3 corners, 3, F], the rows of the adjugate of P
    depth: np.ndarray  # float32 [3 corners, F], metres

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> Planes:
        """The planes of triangles [F, 3] over vertices [V, 3]."""
        corners = np.ascontiguousarray(homogeneous(vertices, camera).T).take(faces.T, axis=1)  # [3, 3 corners, F]
        adjugate = np.empty((3, 3, len(faces)), np.float32)
        for i in range(3):
            (bx, by, bz), (cx, cy, cz) = corners[:, i - 2], corners[:, i - 1]
            adjugate[i] = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
        return cls(adjugate, corners[2].astype(np.float32))

    def intersect(
        self, face: np.ndarray, column: np.ndarray, row: np.ndarray, size: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Intersect the rays through the centres of pixels with the planes of the triangles `face` [N].

        `column` and `row` int [N] are of a picture of `size` x `size` pixels. Returns barycentrics float32 [N, 3],
        clipped to the triangle, and depths float32 [N] in metres.
        """
        x, y = _centres(size).take(column), _centres(size).take(row)
        weights = np.empty((3, len(face)), np.float32)
        for weight, (along, down, offset) in zip(weights, self.adjugate, strict=True):  # its scale cancels
            np.multiply(along.take(face), x, out=weight)
            weight += down.take(face) * y
            weight += offset.take(face)
        total = weights.sum(axis=0)
        weights[:, total == 0] = total[total == 0] = 1  # edge-on
        weights /= total
        np.maximum(weights, 0, out=weights)
        weights /= weights.sum(axis=0)
        return weights.T, sum(w * z.take(face) for w, z in zip(weights, self.depth, strict=True))


@lru_cache(8)
def _centres(size: int) -> np.ndarray:
    """The centres of pixels from -1 to 1 across a picture: float32 [size]."""
    return (2 * (np.arange(size) + 0.5) / size - 1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class GBuffer:
    """The surface at each pixel centre of an H x W picture."""

    face: np.ndarray  # int32 [H, W], row of faces, -1 at the background
    barycentric: np.ndarray  # float32 [H, W, 3], perspective-correct, 0 at the background
    depth: np.ndarray  # float32 [H, W], metres along the camera's z, 0 at the background
    planes: Planes | None = None  # of all faces, if it comes from a Rasteriser

    @property
    def mask(self) -> np.ndarray:
        """bool [H, W], true on the mesh."""
        return self.face >= 0

    def interpolate(self, faces: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Values float32 [V] of vertices at each pixel: float32 [H, W], 0 at the background."""
        picture = np.zeros(self.face.size, np.float32)
        inside = np.flatnonzero(self.mask)
        face = self.face.take(inside)
        weights = self.barycentric.reshape(-1, 3).take(inside, axis=0).T
        picture[inside] = sum(
            weight * corner.take(face) for weight, corner in zip(weights, values[faces].T, strict=True)
        )
        return picture.reshape(self.face.shape)


class Rasteriser(ABC):
    """A rasterisation engine; calling it returns the GBuffer. Back faces are not culled."""

    @abstractmethod
    def visible_faces(self, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> np.ndarray:
        """The nearest of faces int32 [F, 3] over vertices [V, 3] at each pixel centre: int32 [H, W], -1 for none."""

    def __call__(self, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> GBuffer:
        face = self.visible_faces(vertices, faces, camera)
        covered = np.flatnonzero(face >= 0)
        barycentric, depth = np.zeros((face.size, 3), np.float32), np.zeros(face.size, np.float32)
        row, column = np.divmod(covered, camera.size)
        planes = Planes.of(vertices, faces, camera)
        barycentric[covered], depth[covered] = planes.intersect(face.ravel()[covered], column, row, camera.size)
        return GBuffer(face, barycentric.reshape(*face.shape, 3), depth.reshape(face.shape), planes)


def homogeneous(vertices: np.ndarray, camera: Camera, dtype: type = np.float64) -> np.ndarray:
    """Vertices [V, 3] to z (x, y, 1), where x and y run from -1 to 1 across the picture: [V, 3] of `dtype`."""
    to_unit = np.array([[2 / camera.size, 0, -1], [0, 2 / camera.size, -1], [0, 0, 1]]) @ camera.intrinsics
    turn, shift = to_unit @ camera.extrinsics[:3, :3], to_unit @ camera.extrinsics[:3, 3]
    return np.asarray(vertices, dtype) @ turn.T.astype(dtype) + shift.astype(dtype)


def triangles_in_view(vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """The triangles in front of the camera, for an engine that does not clip and is inexact at edges.

    Returns (corners float64 [N, 3, 3] = z (x, y, 1), where x and y run from -1 to 1 across the picture; the row of
    `faces` each triangle came from, int [N]). Triangles are clipped at `NEAR`. Inside tests round, so that a pixel
    centre within 1e-7 of an edge may belong to neither neighbour; each triangle is therefore grown about its centroid
    by `GROWTH` of its size, far less than a pixel.
    """
    points = homogeneous(vertices, camera)
    triangles, of_face = points.take(faces, axis=0), np.arange(len(faces))
    if (points[:, 2] < NEAR).any():
        triangles, of_face = _clip(triangles)
    a, b, c = triangles.transpose(1, 0, 2)
    centroids = ((a + b + c) / 3)[:, None]  # several times as fast as a mean over so short an axis
    return triangles + GROWTH * (triangles - centroids), of_face


def _clip(triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles [F, 3, 3] clipped at the near plane, and the row each came from."""
    behind = (triangles[..., 2] < NEAR).sum(axis=1)
    in_front = np.flatnonzero(behind == 0)
    parts, origins = [triangles[in_front]], [in_front]
    for count in (1, 2):
        rows = np.flatnonzero(behind == count)
        for part in _cut(triangles[rows], count, NEAR) if len(rows) else ():
            parts.append(part)
            origins.append(rows)
    return np.concatenate(parts), np.concatenate(origins)


def _cut(triangles: np.ndarray, count: int, near: float) -> list[np.ndarray]:
    """The visible part of triangles [N, 3, 3] with `count` corners behind the near plane: one or two sets [N, 3, 3]."""
    hidden = triangles[..., 2] < near
    odd = np.argmax(hidden if count == 1 else ~hidden, axis=1)  # the corner that is alone on its side
    a, b, c = (triangles[np.arange(len(triangles)), (odd + k) % 3] for k in range(3))

    def crossing(end: np.ndarray) -> np.ndarray:
        share = (near - a[:, 2]) / (end[:, 2] - a[:, 2])
        return a + share[:, None] * (end - a)

    ab, ac = crossing(b), crossing(c)
    if count == 2:
        return [np.stack([a, ab, ac], axis=1)]
    return [np.stack([ab, b, c], axis=1), np.stack([ab, c, ac], axis=1)]
