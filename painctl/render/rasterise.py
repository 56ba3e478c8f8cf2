"""Which triangle each pixel sees, and where in it.

An engine answers only the first question. The second is answered here, in float64, alike for every engine: with
P the 3 x 3 matrix whose columns are a triangle's corners in homogeneous pixels (K [R|t] x), the point seen through
pixel (u, v) has perspective-correct barycentrics b proportional to P^-1 (u, v, 1), with sum(b) = 1 (Olano and Greer,
Triangle scan conversion using 2D homogeneous coordinates, 1997).
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from painctl.records import Camera

BACKGROUND = -1
NEAR = 0.01  # metres before the camera at which triangles are cut
GROWTH = 1e-4


@dataclass(frozen=True, eq=False)
class GBuffer:
    """What each pixel centre of an H x W picture sees."""

    face: np.ndarray  # int32 [H, W], row of faces, -1 where there is only background
    barycentric: np.ndarray  # float32 [H, W, 3], perspective-correct, 0 at the background
    depth: np.ndarray  # float32 [H, W], metres along the camera's z, 0 at the background

    @property
    def mask(self) -> np.ndarray:
        """bool [H, W], true where the mesh is."""
        return self.face >= 0


class Rasteriser(Protocol):
    """An engine. Calling it gives the whole GBuffer; both faces of a triangle are seen."""

    @abstractmethod
    def visible_faces(self, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> np.ndarray:
        """The nearest of faces int32 [F, 3] over vertices [V, 3] at each pixel centre: int32 [H, W], -1 for none."""

    def __call__(self, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> GBuffer:
        face = self.visible_faces(vertices, faces, camera)
        seen = np.flatnonzero(face >= 0)
        barycentric, depth = np.zeros((face.size, 3), np.float32), np.zeros(face.size, np.float32)
        pixels = np.stack([seen % camera.size, seen // camera.size], axis=1) + 0.5
        barycentric[seen], depth[seen] = intersect(vertices, faces, camera, face.ravel()[seen], pixels)
        return GBuffer(face, barycentric.reshape(*face.shape, 3), depth.reshape(face.shape))


def rasteriser(name: str, device: str = "cpu") -> Rasteriser:
    """The engine of that name, opencv or pytorch3d; only the latter minds the torch `device`.

    Raises ValueError for a name or a device that is none, ImportError where the engine is not installed.
    """
    if name == "opencv":
        if device != "cpu":
            raise ValueError(f"--device {device}: opencv works on the CPU; leave it out, or add --renderer pytorch3d")
        return OpenCVRasteriser()
    if name == "pytorch3d":
        from painctl.render.rasterise_pytorch3d import PyTorch3DRasteriser

        return PyTorch3DRasteriser(device)
    raise ValueError(f"no rasteriser {name!r}; there are opencv and pytorch3d")


def intersect(
    vertices: np.ndarray, faces: np.ndarray, camera: Camera, face: np.ndarray, pixels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the rays through pixels [N, 2] meet the planes of triangles face [N].

    Returns barycentrics float32 [N, 3], clipped to the triangle, and depths float32 [N] in metres.
    """
    corners = _homogeneous(vertices, camera)[faces].transpose(1, 2, 0)  # [3 corners, 3, F]
    x, y = (2 * pixels / camera.size - 1).astype(np.float32).T.copy()
    weights = np.empty((3, len(face)), np.float32)
    for i in range(3):  # rows of the adjugate of P, whose scale cancels
        (bx, by, bz), (cx, cy, cz) = corners[i - 2], corners[i - 1]
        row = np.stack([by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx]).astype(np.float32)
        weights[i] = row[0].take(face) * x + row[1].take(face) * y + row[2].take(face)
    total = weights.sum(axis=0)
    weights[:, total == 0] = total[total == 0] = 1  # seen edge-on
    weights /= total
    np.maximum(weights, 0, out=weights)
    weights /= weights.sum(axis=0)
    return weights.T, sum(w * z.take(face) for w, z in zip(weights, corners[:, 2].astype(np.float32), strict=True))


def _homogeneous(vertices: np.ndarray, camera: Camera, kind: type = np.float64) -> np.ndarray:
    """Vertices to [V, 3] = z (x, y, 1), where x and y run from -1 to 1 across the picture, in floats of that kind."""
    to_unit = np.array([[2 / camera.size, 0, -1], [0, 2 / camera.size, -1], [0, 0, 1]]) @ camera.intrinsics
    turn, shift = to_unit @ camera.extrinsics[:3, :3], to_unit @ camera.extrinsics[:3, 3]
    return np.asarray(vertices, kind) @ turn.T.astype(kind) + shift.astype(kind)


def paint(
    vertices: np.ndarray, faces: np.ndarray, colours: np.ndarray, camera: Camera
) -> tuple[np.ndarray, np.ndarray]:
    """Triangles in colours that run from corner to corner: what has no texture, such as hair and cloth.

    `faces` int32 [F, 3] over vertices [V, 3] and colours float32 [V, 3], all before the camera. Returns the colours
    float32 [H, W, 3], 0 where there is nothing, and depths float32 [H, W] in metres, infinite there. OpenCV does it.
    """
    colour = np.zeros((camera.size, camera.size, 3), np.float32)
    depth = np.ones((camera.size, camera.size), np.float32)
    seen = _homogeneous(vertices, camera, np.float32) * np.array([1, -1, -1], np.float32)
    near, far = -0.99 * seen[:, 2].max(), -1.01 * seen[:, 2].min()
    settings = _settings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    cv2.triangleRasterize(seen, faces, colours, colour, depth, np.eye(4), np.pi / 2, near, far, settings)
    metres = np.where(depth < 1, near * far / (far - depth * (far - near)), np.float32(np.inf))
    return colour, metres


class OpenCVRasteriser(Rasteriser):
    """cv2.triangleRasterize on one core."""

    def visible_faces(self, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> np.ndarray:
        triangles, of_face = triangles_in_view(vertices, faces, camera)
        colours = np.full((camera.size, camera.size, 3), BACKGROUND, np.float32)
        if not len(triangles):
            return colours[..., 0].astype(np.int32)
        triangles = triangles.astype(np.float32)
        near, far = triangles[..., 2].min(), triangles[..., 2].max()
        triangles = (triangles * np.array([1, -1, -1], np.float32)).reshape(-1, 3)  # OpenCV's camera: y up, z backwards
        corners = np.arange(len(triangles), dtype=np.int32).reshape(-1, 3)
        indices = np.repeat(of_face.astype(np.float32), 3)[:, None].repeat(3, axis=1)  # exact below 2^24
        depths = np.ones(colours.shape[:2], np.float32)
        cv2.triangleRasterize(
            triangles, corners, indices, colours, depths, np.eye(4), np.pi / 2, near * 0.99, far * 1.01, _settings()
        )
        return colours[..., 0].astype(np.int32)


def triangles_in_view(vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """The corners of what lies before the camera, for an engine that neither clips nor is exact at edges.

    Returns (corners float64 [N, 3, 3] = z (x, y, 1), where x and y run from -1 to 1 across the picture; row of `faces`
    each came from, int [N]). Triangles are cut at `NEAR`. An inside test rounds, so that a pixel centre within 1e-7 of
    an edge may belong to neither neighbour; each triangle is therefore grown about its centroid by `GROWTH` of its
    size, far less than a pixel.
    """
    triangles, of_face = _clip(_homogeneous(vertices, camera)[faces])
    centroids = triangles.mean(axis=1, keepdims=True)
    return triangles + GROWTH * (triangles - centroids), of_face


def _clip(triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles [F, 3, 3] cut at the near plane, and the row each came from."""
    behind = (triangles[..., 2] < NEAR).sum(axis=1)
    whole = np.flatnonzero(behind == 0)
    parts, origins = [triangles[whole]], [whole]
    for count in (1, 2):
        rows = np.flatnonzero(behind == count)
        for part in _cut(triangles[rows], count, NEAR) if len(rows) else ():
            parts.append(part)
            origins.append(rows)
    return np.concatenate(parts), np.concatenate(origins)


def _cut(triangles: np.ndarray, count: int, near: float) -> list[np.ndarray]:
    """What is left of triangles [N, 3, 3] with `count` corners behind the near plane: one or two sets [N, 3, 3]."""
    hidden = triangles[..., 2] < near
    odd = np.argmax(hidden if count == 1 else ~hidden, axis=1)  # the corner alone on its side
    a, b, c = (triangles[np.arange(len(triangles)), (odd + k) % 3] for k in range(3))

    def at_plane(other: np.ndarray) -> np.ndarray:
        share = (near - a[:, 2]) / (other[:, 2] - a[:, 2])
        return a + share[:, None] * (other - a)

    ab, ac = at_plane(b), at_plane(c)
    if count == 2:
        return [np.stack([a, ab, ac], axis=1)]
    return [np.stack([ab, b, c], axis=1), np.stack([ab, c, ac], axis=1)]


def _settings() -> cv2.TriangleRasterizeSettings:
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_FLAT)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    settings.setGlCompatibleMode(cv2.RASTERIZE_COMPAT_INVDEPTH)
    return settings
