"""Cropping and scaling pictures."""

from __future__ import annotations

import cv2
import numpy as np


def center_crop(image: np.ndarray, size: int, crop: float, down: float = 0.0) -> np.ndarray:
    """The central square of a picture [H, W, 3], `crop` of its shorter side, scaled to [size, size, 3].

    It is moved down by `down` of the shorter side, as far as it stays in the picture.
    """
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * crop))
    top, left = (height - side) // 2 + round(min(height, width) * down), (width - side) // 2
    top = min(max(0, top), height - side)
    square = image[top : top + side, left : left + side]
    # area averaging is slow, and only needed where bilinear samples would skip pixels
    shrinking = cv2.INTER_AREA if side > 1.5 * size else cv2.INTER_LINEAR
    return cv2.resize(square, (size, size), interpolation=shrinking if side > size else cv2.INTER_CUBIC)


def thumbnail(image: np.ndarray, side: int) -> np.ndarray:
    """A picture [H, W, ...] scaled so that its longer side is `side` pixels."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
