"""Bilinear sampling."""

from __future__ import annotations

import cv2
import numpy as np


def sample(picture: np.ndarray, columns: np.ndarray, rows: np.ndarray, outside: float | None = None) -> np.ndarray:
    """Bilinear samples of a picture [H, W, ...] at columns and rows [N], pixel centres at integers: [N, ...].

    Outside the picture, the value is that of the nearest border pixel, or `outside` if given.
    """
    count, width = len(columns), 1024  # cv2.remap takes no side above 32,767
    if not count:  # nor of 0
        return np.empty((0, *picture.shape[2:]), picture.dtype)
    padded = np.zeros((2, -(-count // width) * width), np.float32)
    padded[0, :count], padded[1, :count] = columns, rows
    maps = padded.reshape(2, -1, width)
    border = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
    fill = (outside or 0,) * 4
    values = cv2.remap(picture, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=border, borderValue=fill)
    return np.asarray(values).reshape(-1, *picture.shape[2:])[:count]
