"""Arithmetic on vectors in planar layout, [3, N]: each coordinate is one contiguous row."""

from __future__ import annotations

import numpy as np


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Dot products [N] of [3, N] with [3, N], or of [3] with [3, N]."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross products of vectors [3, N]."""
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors [3, N] scaled to length 1; zero vectors are unchanged."""
    return vectors / np.maximum(np.sqrt((vectors * vectors).sum(axis=0)), 1e-20)
