"""How much light reaches a point: ambient occlusion and the soft shadow of the key light.

Both use orthographic depth maps of the head, rendered from the direction of the light.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.images.sampling import sample
from painctl.render.rasterise_opencv import raster_settings

_DIRECTIONS = 16  # over the whole sphere, including those from below and behind, which are skipped
_AMBIENT_SIZE = 96  # pixels
_SHADOW_SIZE = 256  # pixels
_OFFSET = 0.002  # metres by which a point is lifted off its surface, so that it does not shade itself


class OrthographicView:
    """An orthographic view of a head. Nothing outside the head's sphere casts or receives a shadow."""

    def __init__(self, sphere: tuple[np.ndarray, float], direction: np.ndarray) -> None:
        """`sphere` is centre [3] and radius in metres; the unit vector `direction` [3] points to the distant viewer."""
        self.centre, self.radius = sphere
        right = np.cross(np.eye(3)[np.argmin(np.abs(direction))], direction)
        right /= np.linalg.norm(right)
        axes = np.stack([right, np.cross(direction, right), -direction]) / self.radius
        self._axes = axes.astype(np.float32)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Points [N, 3] in metres to [3, N]: right and up in -1..1, depth in 0..1."""
        projected = self._axes @ (points - self.centre.astype(np.float32)).T
        projected[2] = (projected[2] + 1) / 2
        return projected

    def depth(self, vertices: np.ndarray, faces: np.ndarray, size: int) -> np.ndarray:
        """The depth in 0..1 at each pixel, 1 at the background: float32 [size, size].

        OpenCV interpolates a perspective depth d = f (1 - n / z) / (f - n). With n = 1 and f = 2, moving a vertex to
        z = 2 / (2 - d) makes d linear across the picture, as it is in an orthographic view.
        """
        x, y, d = self.project(vertices)
        z = 2 / (2 - np.minimum(d, 1.5))
        depth = np.ones((size, size), np.float32)
        placed = np.stack([x * z, y * z, -z], axis=1)
        settings = raster_settings(cv2.RASTERIZE_SHADING_SHADED)
        return cv2.triangleRasterizeDepth(placed, faces, depth, np.eye(4), np.pi / 2, 1.0, 2.0, settings)


def ambient_occlusion(
    vertices: np.ndarray,
    normals: np.ndarray,
    sphere: tuple[np.ndarray, float],
    casters: np.ndarray,
    faces: np.ndarray,
) -> np.ndarray:
    """The share of a uniform sky's cosine-weighted light that reaches each vertex: float32 [V] in 0..1.

    vertices [V, 3] and unit normals [V, 3] are of a head inside `sphere`, centre and radius; the triangles faces
    [F, 3] over casters [N, 3] block the light. Directions from below, where the body would be, and from behind, which
    no camera sees, are skipped.
    """
    lifted = vertices + _OFFSET * normals
    received, total = np.full((2, len(vertices)), 1e-3, np.float32)
    for direction in _sphere(_DIRECTIONS):
        if direction[1] < -0.75 or direction[2] < -0.6:
            continue
        view = OrthographicView(sphere, direction)
        cosine = np.maximum(normals @ direction.astype(np.float32), 0)
        received += cosine * _lit(view, view.depth(casters, faces, _AMBIENT_SIZE), lifted)
        total += cosine
    return received / total


def _lit(view: OrthographicView, depth: np.ndarray, points: np.ndarray) -> np.ndarray:
    """1 for points [N, 3] at or in front of the depth map, 0 for those behind, softened over a pixel: float32 [N]."""
    x, y, d = view.project(points)
    surface = _look_up(depth, x, y)
    return np.clip(1 + (surface - d) * (view.radius / _OFFSET), 0, 1)


class SoftShadow:
    """The shadow that a mesh casts on itself in the light of one lamp, blurred by the lamp's size.

    A variance shadow map (Donnelly and Lauritzen, 2006): the blurred mean and mean square of the depth bound the share
    of the lamp that is visible from a point, by Chebyshev's inequality.
    """

    BLOCKER = 0.03  # metres, typical distance from caster to receiver for lids, nose and chin
    BLEED = 0.25  # Chebyshev's bound is loose in deep shadow: up to this share counts as no light

    def __init__(
        self,
        vertices: np.ndarray,
        faces: np.ndarray,
        sphere: tuple[np.ndarray, float],
        direction: np.ndarray,
        radius: float,
        distance: float = np.inf,
    ) -> None:
        """`direction` [3] points to the lamp; `radius` is its angular radius in radians; `sphere` encloses the head.

        `distance` is that of the lamp from the centre of the head, metres; a near lamp casts the shadow of a distant
        one, but its light falls off with the square of the distance.
        """
        self.sphere = sphere
        self._lamp = None if np.isinf(distance) else (sphere[0] + distance * direction).astype(np.float32)
        self._distance = np.float32(distance)
        self._view = OrthographicView(sphere, direction.astype(np.float64))
        depth = self._view.depth(vertices, faces, _SHADOW_SIZE)
        reach = np.tan(radius) * self.BLOCKER / self._view.radius * _SHADOW_SIZE / 2
        self._moments = blur(cv2.merge([depth, depth * depth]), max(1.0, reach))

    def light(self, points: np.ndarray) -> np.ndarray:
        """The share of the lamp that is visible from points [N, 3]: float32 [N] in 0..1; of a near lamp, its light.

        The light of a near lamp is relative to that at the centre of the head.
        """
        x, y, d = self._view.project(points)
        mean, square = _look_up(self._moments, x, y).T
        beyond = np.maximum(d - mean, 0)
        variance = np.maximum(square - mean * mean, (0.5 * _OFFSET / self._view.radius) ** 2)
        share = variance / (variance + beyond * beyond)
        visible = np.clip((share - self.BLEED) / (1 - self.BLEED), 0, 1)
        if self._lamp is None:
            return visible
        return visible * self._distance**2 / ((points - self._lamp) ** 2).sum(axis=1)


def blur(picture: np.ndarray, deviation: float) -> np.ndarray:
    """A picture [H, W, ...] blurred by three box filters, close to a Gaussian of `deviation` pixels."""
    side = 2 * int(np.rint((np.sqrt(4 * deviation**2 + 1) - 1) / 2)) + 1
    for _ in range(3):
        picture = cv2.blur(picture, (side, side), borderType=cv2.BORDER_REPLICATE)
    return picture


def _look_up(picture: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bilinear samples of a picture [S, S, ...] at x right and y up in -1..1: [N, ...], 1 outside."""
    size = len(picture)
    return sample(picture, (x + 1) * (size / 2) - 0.5, (1 - y) * (size / 2) - 0.5, outside=1)


def _sphere(count: int) -> np.ndarray:
    """Unit vectors [count, 3], evenly spread over the sphere (Fibonacci lattice)."""
    index = np.arange(count) + 0.5
    y, turn = 1 - 2 * index / count, index * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - y * y)
    return np.stack([ring * np.sin(turn), y, ring * np.cos(turn)], axis=1)
