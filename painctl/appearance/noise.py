"""Noise for skin: smooth fields in space, and grain in the texture."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.ndimage import map_coordinates


def field(generator: np.random.Generator, points: np.ndarray, wavelength: float) -> np.ndarray:
    """A smooth random field at points [3, N] in metres, float32 [N], roughly normal with standard deviation 1.

    A cubic lattice of independent normal values, `wavelength` metres apart, interpolated linearly. It is defined in
    space, so that it has no seams where texture islands meet.
    """
    cells = (points - points.min(1, keepdims=True)) * np.float32(1 / wavelength)
    lattice = generator.standard_normal(np.ceil(cells.max(1)).astype(int) + 2, dtype=np.float32)
    return 1.7 * map_coordinates(lattice, cells, order=1, output=np.float32)


def grain(generator: np.random.Generator, size: int, texels: float) -> np.ndarray:
    """Random grain of a diameter in texels, float32 [size, size] with standard deviation 1: pores and stubble."""
    white = generator.standard_normal((size, size), dtype=np.float32)
    blurred = cv2.GaussianBlur(white, (0, 0), texels / 2)
    return blurred / blurred.std()
