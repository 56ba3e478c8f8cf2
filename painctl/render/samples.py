"""Where a picture is shaded: once per pixel, four times along edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from painctl.records import Camera
from painctl.render.rasterise import GBuffer, Planes, Rasteriser

BREAK = 0.004  # metres of depth between neighbouring pixels that count as an edge


@dataclass(frozen=True, eq=False)
class Samples:
    """N visible points of a mesh, with the pixels that they contribute to; first those that fill a pixel."""

    whole: int  # samples that fill a pixel
    pixel: np.ndarray  # int64 [N], flat index
    rough: np.ndarray  # int64 [R], the pixels with an edge, in order
    rough_row: np.ndarray  # int64 [N - whole], row of `rough` that a sample contributes to
    share: np.ndarray  # float32 [N], of the pixel's area: 1 or 1/4
    face: np.ndarray  # int32 [N]
    barycentric: np.ndarray  # float32 [N, 3]
    depth: np.ndarray  # float32 [N], metres

    def composite(self, picture: np.ndarray, colours: np.ndarray) -> np.ndarray:
        """Composite colours [3, N] over a picture [H, W, 3]: float32, linear light in and out."""
        share, row, count = self.share[self.whole :], self.rough_row, len(self.rough)
        cover = np.bincount(row, share, count)
        sums = [np.bincount(row, share * colour, count) for colour in colours[:, self.whole :]]
        result = picture.astype(np.float32)
        flat = result.reshape(-1, 3)
        flat[self.pixel[: self.whole]] = colours[:, : self.whole].T
        flat[self.rough] = flat[self.rough] * (1 - cover[:, None]) + np.stack(sums, -1)
        return result


def take_samples(
    gbuffer: GBuffer, parts: np.ndarray, vertices: np.ndarray, faces: np.ndarray, camera: Camera, rasteriser: Rasteriser
) -> Samples:
    """The samples of a picture. `parts` bool [F] divides the faces into two parts, with an edge wherever they meet.

    A pixel without an edge is sampled at its centre, one with an edge at the centres of its four quarters, from a
    raster of twice the size; samples of the background are dropped.
    """
    edge = _edges(gbuffer, parts)
    smooth, rough = np.flatnonzero(gbuffer.mask & ~edge), np.flatnonzero(edge)
    double = Camera(np.diag([2.0, 2.0, 1.0]) @ camera.intrinsics, camera.extrinsics, 2 * camera.size)
    rows, columns = np.divmod(rough, camera.size)
    column = np.concatenate([2 * columns + i for _ in (0, 1) for i in (0, 1)])
    down = np.concatenate([2 * rows + j for j in (0, 1) for _ in (0, 1)])
    near = _faces_near(rough, vertices, faces, camera)
    face = rasteriser.visible_faces(vertices, faces[near], double)[down, column]
    hit = face >= 0
    face = near[face[hit]].astype(np.int32)
    row = np.flatnonzero(hit) % len(rough) if len(rough) else np.zeros(0, np.int64)
    planes = gbuffer.planes or Planes.of(vertices, faces, camera)
    barycentric, depth = planes.intersect(face, column[hit], down[hit], double.size)
    return Samples(
        whole=len(smooth),
        pixel=np.concatenate([smooth, rough[row]]),
        rough=rough,
        rough_row=row,
        share=np.repeat(np.array([1, 0.25], np.float32), [len(smooth), len(face)]),
        face=np.concatenate([gbuffer.face.take(smooth), face]),
        barycentric=np.concatenate([gbuffer.barycentric.reshape(-1, 3).take(smooth, axis=0), barycentric]),
        depth=np.concatenate([gbuffer.depth.take(smooth), depth]),
    )


def _edges(gbuffer: GBuffer, parts: np.ndarray) -> np.ndarray:
    """Pixels next to a discontinuity in depth, the silhouette, or the border between two parts: bool [H, W]."""
    kernel = np.ones((3, 3), np.uint8)
    part = np.where(gbuffer.mask, 1 + parts[gbuffer.face].astype(np.uint8), np.uint8(0))
    breaks = cv2.dilate(gbuffer.depth, kernel) - cv2.erode(gbuffer.depth, kernel) > BREAK
    return breaks | (cv2.dilate(part, kernel) != cv2.erode(part, kernel))


def _faces_near(pixel: np.ndarray, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> np.ndarray:
    """Rows of the faces whose bounding box in the picture may contain one of the pixels [N]."""
    selected = np.zeros(camera.size**2, np.uint8)
    selected[pixel] = 1
    counts = cv2.integral(selected.reshape(camera.size, -1))
    a, b, c = faces.T
    x, y = np.clip(camera.project(vertices), 0, camera.size).T
    x0, y0 = (np.minimum(np.minimum(v[a], v[b]), v[c]).astype(int) for v in (x, y))
    x1, y1 = (np.ceil(np.maximum(np.maximum(v[a], v[b]), v[c])).astype(int) for v in (x, y))
    return np.flatnonzero(counts[y1, x1] - counts[y0, x1] - counts[y1, x0] + counts[y0, x0])
