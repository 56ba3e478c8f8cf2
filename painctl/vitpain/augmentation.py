"""Random changes to a training pair: mirroring, pose and lighting."""

from __future__ import annotations

import cv2
import numpy as np


def augment(pain: np.ndarray, neutral: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Change a pair of pictures, uint8 [S, S, 3] RGB, as another camera and light might have shown it.

    Both are mirrored or neither. Rotation (up to 4 degrees), zoom (5 %) and shift (3 % of S) are mostly shared;
    contrast, brightness and colour are drawn for each picture. An empty picture stays empty.
    """
    mirror, shared = rng.random() < 0.5, rng.uniform(-1, 1, 4)
    first, second = (
        _change(image, mirror, 0.95 * shared + 0.05 * rng.uniform(-1, 1, 4), rng) for image in (pain, neutral)
    )
    return first, second


def _change(image: np.ndarray, mirror: bool, pose: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = len(image)
    if not size:
        return image
    degrees, zoom, shift = 4 * pose[0], 1 + 0.05 * pose[1], 0.03 * size * pose[2:]
    centre = (size - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), degrees, zoom) + np.outer(shift, [0, 0, 1])
    if mirror:
        matrix = matrix @ [[-1, 0, size - 1], [0, 1, 0], [0, 0, 1]]
    warped = cv2.warpAffine(image, matrix, (size, size), borderMode=cv2.BORDER_REFLECT)
    contrast, gain = rng.uniform(0.85, 1.15), rng.uniform(0.85, 1.15) * rng.uniform(0.95, 1.05, 3)
    mean = np.mean(cv2.mean(warped)[:3])
    curve = ((np.arange(256)[:, None] - mean) * contrast + mean) * gain  # [256, 3]
    return cv2.LUT(warped, curve.clip(0, 255).astype(np.uint8)[:, None])
