"""Bilinear sampling."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np


def sample(picture: np.ndarray, columns: np.ndarray, rows: np.ndarray, outside: float | None = None) -> np.ndarray:
    """Bilinear samples of a picture [H, W, ...] at columns and rows [N], pixel centres at integers: [N, ...].

    Outside the picture, the value is that of the nearest border pixel, or `outside` if given.
    """
    return samples([picture], columns, rows, outside)[0]


def samples(
    pictures: Sequence[np.ndarray], columns: np.ndarray, rows: np.ndarray, outside: float | None = None
) -> list[np.ndarray]:
    """The same of several pictures of one size, for less than the price of each by itself."""
    count, width = len(columns), 1024  # cv2.remap takes no side above 32,767
    if not count:  # nor of 0
        return [np.empty((0, *picture.shape[2:]), picture.dtype) for picture in pictures]
    padded = np.zeros((2, -(-count // width) * width), np.float32)
    padded[0, :count], padded[1, :count] = columns, rows
    x, y = padded.reshape(2, -1, width)
    border = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
    fill = (outside or 0,) * 4
    values = [cv2.remap(each, x, y, cv2.INTER_LINEAR, borderMode=border, borderValue=fill) for each in pictures]
    return [value.reshape(-1, *each.shape[2:])[:count] for value, each in zip(values, pictures, strict=True)]
