"""Shapes for painted backgrounds, on a canvas of linear light float32 [H, H, 3], and the lens that defocuses them.

Positions and lengths are in widths of the canvas, from its top left corner.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

Rectangle = tuple[float, float, float, float]  # left, top, width, height

_SUBPIXEL = 4  # fractional bits of a coordinate
_DIRECT = 5.0  # pixels, the largest radius of a disc that is filtered at full resolution


def polygon(canvas: np.ndarray, corners: np.ndarray, colour: np.ndarray) -> None:
    """Fill a convex polygon [N, 2] with a colour [3]."""
    points = np.rint((np.asarray(corners) * len(canvas) - 0.5) * (1 << _SUBPIXEL)).astype(np.int32)
    cv2.fillConvexPoly(canvas, points, np.asarray(colour, float).tolist(), cv2.LINE_8, _SUBPIXEL)


def box(canvas: np.ndarray, rectangle: Rectangle, colour: np.ndarray) -> None:
    """Fill a rectangle with a colour [3]."""
    left, top, width, height = rectangle
    right, foot = left + width, top + height
    polygon(canvas, np.array([(left, top), (right, top), (right, foot), (left, foot)]), colour)


def shade_box(
    canvas: np.ndarray,
    rectangle: Rectangle,
    across: np.ndarray | float = 1.0,
    down: np.ndarray | float = 1.0,
) -> None:
    """Multiply a rectangle by factors, a scalar or [N] to interpolate, across it and down it."""
    left, top, width, height = rectangle
    x0, y0, x1, y1 = np.clip(np.rint(np.array([left, top, left + width, top + height]) * len(canvas)), 0, len(canvas))
    patch = canvas[int(y0) : int(y1), int(x0) : int(x1)]
    patch *= (_ramp(down, len(patch))[:, None] * _ramp(across, patch.shape[1])[None])[..., None]


def glow(canvas: np.ndarray, x: float, y: float, radius: float, colour: np.ndarray) -> None:
    """Add light [3] that fades from a point, to a quarter at `radius`."""
    along = (np.arange(len(canvas), dtype=np.float32) + 0.5) / len(canvas)
    squared = (along[:, None] - np.float32(y)) ** 2 + (along[None] - np.float32(x)) ** 2
    fade = 1 / (1 + squared / np.float32(radius * radius))
    canvas += (fade * fade)[..., None] * np.asarray(colour, np.float32)


def discs(canvas: np.ndarray, places: np.ndarray, radii: np.ndarray, colours: np.ndarray) -> None:
    """Add discs, the bokeh of points of light behind a round aperture, a little brighter at the rim.

    `places` [N, 2], `radii` [N] and `colours` [N, 3], the radiance of each disc.
    """
    size = len(canvas)
    for (x, y), radius, colour in zip(places * size, radii * size, colours.astype(np.float32), strict=True):
        edges = np.array([x - radius - 1, x + radius + 2, y - radius - 1, y + radius + 2])
        x0, x1, y0, y1 = np.clip(edges, 0, size).astype(int)
        dx, dy = np.arange(x0, x1, dtype=np.float32) + 0.5 - x, np.arange(y0, y1, dtype=np.float32) + 0.5 - y
        distance = np.sqrt(dx * dx + (dy * dy)[:, None])
        inside = np.clip(radius + 0.5 - distance, 0, 1) * (0.8 + 0.2 * (distance / radius) ** 2)
        canvas[y0:y1, x0:x1] += inside[..., None].astype(np.float32) * colour


def clouds(generator: np.random.Generator, cells: int, size: int) -> np.ndarray:
    """Smooth noise float32 [size, size] of about 0..1, with features of 1 / cells of the canvas."""
    grid = generator.random((cells + 1, cells + 1), dtype=np.float32)
    return cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)


def defocus(picture: np.ndarray, radius: float) -> np.ndarray:
    """A picture [H, W, 3] in linear light, blurred by a thin lens: each point becomes a disc of `radius` pixels."""
    if radius <= _DIRECT:
        return cv2.filter2D(picture, -1, _disc(round(radius, 2)), borderType=cv2.BORDER_REFLECT)
    share = _DIRECT / radius
    small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    small = cv2.filter2D(small, -1, _disc(_DIRECT), borderType=cv2.BORDER_REFLECT)
    large = cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.maximum(large, 0, out=large)


def _ramp(factors: np.ndarray | float, count: int) -> np.ndarray:
    """Factors [N] interpolated to `count` steps."""
    values = np.atleast_1d(np.asarray(factors, np.float32))
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(values)), values).astype(np.float32)


@lru_cache(256)
def _disc(radius: float) -> np.ndarray:
    reach = np.arange(-int(np.ceil(radius)), int(np.ceil(radius)) + 1)
    weights = np.clip(radius + 0.5 - np.hypot(reach[:, None], reach), 0, 1)
    return (weights / weights.sum()).astype(np.float32)
