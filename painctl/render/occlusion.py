"""What of the light reaches a point: ambient occlusion and the soft shadow of the key light.

Both come from orthographic depth pictures of the head, taken from where the light comes.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.images.sampling import sample

_DIRECTIONS = 16  # of the whole sphere, before those from below and behind are left out
_AMBIENT_SIZE = 96  # pixels
_SHADOW_SIZE = 256  # pixels
_OFFSET = 0.002  # metres a point is moved off its surface, so that it does not shade itself


class View:
    """An orthographic view of a head from a direction. Outside the head's sphere nothing casts or gets a shade."""

    def __init__(self, sphere: tuple[np.ndarray, float], direction: np.ndarray) -> None:
        """`sphere` is centre [3] and radius in metres; the viewer stands far away in `direction` [3], of length 1."""
        self.centre, self.radius = sphere
        right = np.cross(np.eye(3)[np.argmin(np.abs(direction))], direction)
        right /= np.linalg.norm(right)
        axes = np.stack([right, np.cross(direction, right), -direction]) / self.radius
        self._axes = axes.astype(np.float32)

    def see(self, points: np.ndarray) -> np.ndarray:
        """Points [N, 3] in metres to [3, N]: right and up in -1..1, depth in 0..1."""
        seen = self._axes @ (points - self.centre.astype(np.float32)).T
        seen[2] = (seen[2] + 1) / 2
        return seen

    def depth(self, vertices: np.ndarray, faces: np.ndarray, size: int) -> np.ndarray:
        """The depth in 0..1 of what each pixel sees, 1 for nothing: float32 [size, size].

        OpenCV interpolates a perspective depth d = f (1 - n / z) / (f - n). With n = 1 and f = 2, putting a vertex
        at z = 2 / (2 - d) makes d linear across the picture, which is what an orthographic view wants.
        """
        x, y, d = self.see(vertices)
        z = 2 / (2 - np.minimum(d, 1.5))
        depth = np.ones((size, size), np.float32)
        placed = np.stack([x * z, y * z, -z], axis=1)
        return cv2.triangleRasterizeDepth(placed, faces, depth, np.eye(4), np.pi / 2, 1.0, 2.0, _settings())


def ambient_occlusion(
    vertices: np.ndarray,
    normals: np.ndarray,
    sphere: tuple[np.ndarray, float],
    casters: np.ndarray,
    faces: np.ndarray,
) -> np.ndarray:
    """The share of a uniform sky's cosine-weighted light that reaches each vertex: float32 [V] in 0..1.

    vertices [V, 3] and unit normals [V, 3]; `sphere` holds the head; the triangles faces [F, 3] over casters [N, 3]
    are what stands in the way. Directions from below, where a body would be, and
    from behind, where nobody looks, are left out.
    """
    lifted = vertices + _OFFSET * normals
    got, due = np.full((2, len(vertices)), 1e-3, np.float32)
    for direction in _sphere(_DIRECTIONS):
        if direction[1] < -0.75 or direction[2] < -0.6:
            continue
        view = View(sphere, direction)
        cosine = np.maximum(normals @ direction.astype(np.float32), 0)
        got += cosine * _lit(view, view.depth(casters, faces, _AMBIENT_SIZE), lifted)
        due += cosine
    return got / due


def _lit(view: View, depth: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Whether points [N, 3] are no farther than the depth picture: float32 [N], softened over a pixel."""
    x, y, d = view.see(points)
    seen = _look_up(depth, x, y)
    return np.clip(1 + (seen - d) * (view.radius / _OFFSET), 0, 1)


class SoftShadow:
    """The shadow that a mesh casts on itself from one lamp, blurred by the lamp's size.

    A variance shadow map (Donnelly and Lauritzen, 2006): mean and mean square of the depth, blurred, give by
    Chebyshev's inequality the share of the lamp that a point sees.
    """

    BLOCKER = 0.03  # metres, typical distance between what casts and what receives: lid, nose and chin
    BLEED = 0.25  # Chebyshev's bound is loose in deep shade: below this share of light is none

    def __init__(
        self,
        vertices: np.ndarray,
        faces: np.ndarray,
        sphere: tuple[np.ndarray, float],
        direction: np.ndarray,
        radius: float,
    ) -> None:
        """`direction` [3] towards the lamp, `radius` its angular radius in radians; `sphere` holds the head."""
        self._view = View(sphere, direction.astype(np.float64))
        depth = self._view.depth(vertices, faces, _SHADOW_SIZE)
        reach = np.tan(radius) * self.BLOCKER / self._view.radius * _SHADOW_SIZE / 2
        self._moments = blur(cv2.merge([depth, depth * depth]), max(1.0, reach))

    def light(self, points: np.ndarray) -> np.ndarray:
        """The share of the lamp that points [N, 3] see: float32 [N] in 0..1."""
        x, y, d = self._view.see(points)
        mean, square = _look_up(self._moments, x, y).T
        beyond = np.maximum(d - mean, 0)
        variance = np.maximum(square - mean * mean, (0.5 * _OFFSET / self._view.radius) ** 2)
        share = variance / (variance + beyond * beyond)
        return np.clip((share - self.BLEED) / (1 - self.BLEED), 0, 1)


def blur(picture: np.ndarray, deviation: float) -> np.ndarray:
    """A picture [H, W, ...] blurred by three boxes, near a Gaussian of that standard deviation in pixels."""
    side = 2 * int(np.rint((np.sqrt(4 * deviation**2 + 1) - 1) / 2)) + 1
    for _ in range(3):
        picture = cv2.blur(picture, (side, side), borderType=cv2.BORDER_REPLICATE)
    return picture


def _look_up(picture: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A picture [S, S, ...] between its pixels at x right and y up in -1..1: [N, ...], 1 outside."""
    size = len(picture)
    return sample(picture, (x + 1) * (size / 2) - 0.5, (1 - y) * (size / 2) - 0.5, outside=1)


def _sphere(count: int) -> np.ndarray:
    """Directions [count, 3] spread evenly over the sphere (Fibonacci lattice)."""
    index = np.arange(count) + 0.5
    y, turn = 1 - 2 * index / count, index * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - y * y)
    return np.stack([ring * np.sin(turn), y, ring * np.cos(turn)], axis=1)


def _settings() -> cv2.TriangleRasterizeSettings:
    settings = cv2.TriangleRasterizeSettings()
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    settings.setGlCompatibleMode(cv2.RASTERIZE_COMPAT_INVDEPTH)
    return settings
