"""Frames a face by its landmarks: upright, and of the size and in the place that it has in painctl's own frames."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

# The corners of the eyes, the bridge and the base of the nose. Expressions move them least, and they are the same in
# iBUG's 68 points and in UNBC-McMaster's 66.
STABLE: Final = (36, 39, 42, 45, 27, 28, 29, 30, 31, 32, 33, 34, 35)
# where they are in a frame, over its side: the mean of 164 frontal frames of people at rest, made symmetric
_RIGHT: Final = {
    **{36: (0.3526, 0.5033), 39: (0.4300, 0.5070), 31: (0.4535, 0.6539), 32: (0.4757, 0.6544)},
    **{27: (0.5, 0.5048), 28: (0.5, 0.5513), 29: (0.5, 0.5975), 30: (0.5, 0.6343), 33: (0.5, 0.6553)},
}
_MIRRORED: Final = {45: 36, 42: 39, 35: 31, 34: 32}
PLACES: Final = np.array(
    [_RIGHT[i] if i in _RIGHT else (1 - _RIGHT[_MIRRORED[i]][0], _RIGHT[_MIRRORED[i]][1]) for i in STABLE]
)


def frame_of(landmarks: np.ndarray) -> np.ndarray:
    """The similarity [2, 3] from a picture's pixels, with centres at half integers, to its frame, whose side is 1.

    It maps the stable ones of `landmarks` [66 or 68, 2] to their places with the least sum of squares (Umeyama, IEEE
    TPAMI 13, 1991). Raises ValueError if they are all at one point.
    """
    points = np.asarray(landmarks, float)[list(STABLE)]
    centre, middle = points.mean(axis=0), PLACES.mean(axis=0)
    source, target = points - centre, PLACES - middle
    if (squares := (source**2).sum()) < 1e-9:
        raise ValueError("the landmarks are all at one point")
    # as complex numbers, the best factor that turns and scales without mirroring is a projection
    factor = (target @ [1, 1j]) @ (source @ [1, -1j]) / squares
    linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.c_[linear, middle - linear @ centre]


def cut_frame(image: np.ndarray, frame: np.ndarray, side: int) -> np.ndarray:
    """The frame of a face, or a window of it, from a picture [H, W, C]: [side, side, C].

    `frame` is a similarity [2, 3] to what is to be cut, whose side is 1, as of `frame_of`. Beyond the edge of the
    picture its outermost pixels are repeated.
    """
    scale = side * np.sqrt(abs(np.linalg.det(frame[:, :2])))
    if scale < 0.67:  # bilinear samples would skip pixels
        height, width = image.shape[:2]
        size = max(1, round(1.5 * scale * width)), max(1, round(1.5 * scale * height))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        frame = frame @ np.array([[width / size[0], 0, 0], [0, height / size[1], 0], [0, 0, 1]])
    # warpAffine has pixel centres at integers
    pixels = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    warp = np.array([[side, 0, -0.5], [0, side, -0.5]]) @ np.vstack([frame, [0, 0, 1]]) @ pixels
    return cv2.warpAffine(image, warp, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def compose(second: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The affine map [2, 3] that applies `first`, then `second`."""
    return second @ np.vstack([first, [0, 0, 1]])


def inverse(matrix: np.ndarray) -> np.ndarray:
    """The inverse of an affine map [2, 3]."""
    return np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]


def moved(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points [..., 2] after an affine map [2, 3]."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def displacement(x: float, y: float, stretch: float, degrees: float) -> np.ndarray:
    """The similarity [2, 3] that scales a unit square by exp(stretch) and turns it about its centre, then shifts it."""
    factor = np.exp(stretch) * np.exp(1j * np.radians(degrees))
    linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.c_[linear, np.array([0.5 + x, 0.5 + y]) - linear @ [0.5, 0.5]]
