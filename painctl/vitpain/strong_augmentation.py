"""Random changes to a training pair that are as large as the differences between renderings and photographs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import cv2
import numpy as np

from painctl.images.photographed import photographed

STRAIGHTENED: Final = 0.5  # displacement of faces that were framed by their landmarks, over that of a detector's boxes
_DEVIATIONS: Final = np.array([5, 0.09, 0.04, 0.04])  # degrees, logarithm of the scale, shares of the side
_MOST: Final = np.array([15, 0.25, 0.1, 0.1])
MARGIN: Final = 1.2  # largest side of the pictures given, over the side of those returned


def augment_strongly(
    pain: np.ndarray,
    neutral: np.ndarray,
    size: int,
    parts: Collection[str],
    rng: np.random.Generator,
    displacement: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Change a pair of pictures, uint8 [M, M, 3] RGB, into their middles [S, S, 3], S = `size`.

    Both are mirrored or neither. All else is drawn for each picture on its own, because a reference is often another
    camera's picture: with `pose` among the `parts`, each is turned (deviation 5 degrees), scaled (9 %) and shifted (4 %
    of the side), as a detector's boxes are, all times `displacement`. The other parts are those of `photographed`. An
    empty picture stays empty.
    """
    mirror = rng.random() < 0.5
    deviation = displacement * ("pose" in parts)
    first, second = (_change(image, size, mirror, deviation, parts, rng) for image in (pain, neutral))
    return first, second


def _change(
    image: np.ndarray, size: int, mirror: bool, deviation: float, parts: Collection[str], rng: np.random.Generator
) -> np.ndarray:
    if not len(image):
        return image
    return photographed(_moved(image, size, mirror, deviation * rng.normal(0, 1, 4)), parts, rng)


def _moved(image: np.ndarray, size: int, mirror: bool, deviations: np.ndarray) -> np.ndarray:
    """The middle of a picture, displaced by degrees, scale, x and y: these many standard deviations."""
    degrees, stretch, x, y = (_DEVIATIONS * deviations).clip(-_MOST, _MOST)
    source, target = (len(image) - 1) / 2, (size - 1) / 2
    matrix = np.array(cv2.getRotationMatrix2D((source, source), float(degrees), float(np.exp(stretch))), np.float64)
    matrix[:, 2] += target - source + size * np.array([x, y])
    if mirror:
        matrix = np.array([[-1, 0, size - 1], [0, 1, 0]]) @ np.vstack([matrix, [0, 0, 1]])
    return cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
