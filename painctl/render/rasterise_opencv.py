"""OpenCV as the rasteriser, on one CPU core: visible triangles, and triangles drawn in vertex colours."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.records import Camera
from painctl.render.rasterise import BACKGROUND, Rasteriser, homogeneous, triangles_in_view


class OpenCVRasteriser(Rasteriser):
    """cv2.triangleRasterize; needs no GPU."""

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
        flat = raster_settings(cv2.RASTERIZE_SHADING_FLAT)
        cv2.triangleRasterize(
            triangles, corners, indices, colours, depths, np.eye(4), np.pi / 2, near * 0.99, far * 1.01, flat
        )
        return cv2.extractChannel(colours, 0).astype(np.int32)


class ColourRaster:
    """A picture of H x H pixels on which triangles are drawn in interpolated vertex colours, some at a time.

    For meshes without a texture, such as hair and cloth.
    """

    def __init__(self, vertices: np.ndarray, colours: np.ndarray, camera: Camera) -> None:
        """Vertices [V, 3], all in front of the camera, and their colours float32 [V, 3]."""
        self.colour = np.zeros((camera.size, camera.size, 3), np.float32)  # 0 at the background
        self._inverse = np.ones((camera.size, camera.size), np.float32)
        self._vertices, self._near, self._far = _placed(vertices, camera)
        self._colours = colours

    def draw(self, faces: np.ndarray) -> None:
        """Draw triangles int32 [F, 3] wherever they are nearer than those before."""
        smooth, depth_range = raster_settings(cv2.RASTERIZE_SHADING_SHADED), (self._near, self._far)
        mesh, colour, inverse = (self._vertices, faces, self._colours), self.colour, self._inverse
        cv2.triangleRasterize(*mesh, colour, inverse, np.eye(4), np.pi / 2, *depth_range, smooth)

    @property
    def depth(self) -> np.ndarray:
        """Depths float32 [H, H] in metres, infinite at the background."""
        return _metres(self._inverse, self._near, self._far)


def rasterise_depth(vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> np.ndarray:
    """The depths float32 [H, H] of triangles int32 [F, 3] over vertices [V, 3], as in a `ColourRaster`."""
    depth = np.ones((camera.size, camera.size), np.float32)
    placed, near, far = _placed(vertices, camera)
    smooth = raster_settings(cv2.RASTERIZE_SHADING_SHADED)
    drawn = cv2.triangleRasterizeDepth(placed, faces, depth, np.eye(4), np.pi / 2, near, far, smooth)
    return _metres(drawn, near, far)


def _placed(vertices: np.ndarray, camera: Camera) -> tuple[np.ndarray, float, float]:
    """Vertices in OpenCV's axes, and the depths of planes in front of and behind all of them."""
    placed = homogeneous(vertices, camera, np.float32) * np.array([1, -1, -1], np.float32)
    return placed, -0.99 * placed[:, 2].max(), -1.01 * placed[:, 2].min()


def _metres(depth: np.ndarray, near: float, far: float) -> np.ndarray:
    """Depths in metres from OpenCV's, which are 1 at the background; infinite there."""
    metres = depth * (far - near)
    np.subtract(far, metres, out=metres)
    np.divide(near * far, metres, out=metres)
    np.copyto(metres, np.float32(np.inf), where=depth >= 1)
    return metres


def raster_settings(shading: int) -> cv2.TriangleRasterizeSettings:
    """OpenCV's settings for a depth test without culling, with RASTERIZE_SHADING_FLAT or _SHADED."""
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(shading)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    settings.setGlCompatibleMode(cv2.RASTERIZE_COMPAT_INVDEPTH)
    return settings
