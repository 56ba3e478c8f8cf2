"""Noise for skin: smooth fields in space, and grain in the texture."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.ndimage import map_coordinates


def field(generator: np.random.Generator, places: np.ndarray, wavelength: float) -> np.ndarray:
    """A smooth random field at places [3, N] in metres, float32 [N], about normal with deviation 1.

    A cubic lattice of independent normal values, `wavelength` metres apart, interpolated linearly: it has no seams
    where texture islands meet, since it lives in space.
    """
    cells = (places - places.min(1, keepdims=True)) * np.float32(1 / wavelength)
    lattice = generator.standard_normal(np.ceil(cells.max(1)).astype(int) + 2, dtype=np.float32)
    return 1.7 * map_coordinates(lattice, cells, order=1, output=np.float32)


def grain(generator: np.random.Generator, size: int, texels: float) -> np.ndarray:
    """Random grain of a diameter in texels, float32 [size, size] with deviation 1: pores and stubble."""
    white = generator.standard_normal((size, size), dtype=np.float32)
    soft = cv2.GaussianBlur(white, (0, 0), texels / 2)
    return soft / soft.std()


def smoothstep(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
