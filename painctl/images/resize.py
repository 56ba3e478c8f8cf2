"""Cropping and scaling pictures."""

from __future__ import annotations

import cv2
import numpy as np


def center_crop(image: np.ndarray, size: int, crop: float) -> np.ndarray:
    """The central square of a picture [H, W, 3], `crop` of its shorter side, scaled to [size, size, 3]."""
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * crop))
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side]
    # the mean over areas is slow, and needed only where a step would pass over pixels
    shrinking = cv2.INTER_AREA if side > 1.5 * size else cv2.INTER_LINEAR
    return cv2.resize(square, (size, size), interpolation=shrinking if side > size else cv2.INTER_CUBIC)
