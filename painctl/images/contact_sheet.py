"""A contact sheet: rows of pictures with a label before each row and titles over the columns."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from painctl.images.resize import thumbnail

Row = tuple[str, Sequence[np.ndarray]]  # label, possibly several lines; pictures uint8, RGB [H, W, 3] or grey [H, W]

_LABEL_WIDTH = 110  # pixels
_LINE = 18
_MARGIN = 6
_TEXT = (235, 235, 235)
_BACKGROUND = 24


def contact_sheet(rows: Sequence[Row], tile: int = 160, titles: Sequence[str] = ()) -> np.ndarray:
    """One RGB picture, uint8 [rows * tile, label + columns * tile, 3], with every picture fitted into a square tile.

    `titles`, one per column starting with the first, add a line at the top.
    Raises ValueError if there are no pictures.
    """
    columns = max((len(pictures) for _, pictures in rows), default=0)
    if columns == 0:
        raise ValueError("no pictures for the contact sheet")
    header = 2 * _MARGIN + _LINE if titles else 0
    sheet = np.full((header + len(rows) * tile, _LABEL_WIDTH + columns * tile, 3), _BACKGROUND, np.uint8)
    for column, title in enumerate(titles):
        _write(sheet, title, _LABEL_WIDTH + column * tile + _MARGIN, _LINE)
    for row, (label, pictures) in enumerate(rows):
        top = header + row * tile
        for line, text in enumerate(label.split("\n")):
            _write(sheet, text, _MARGIN, top + (line + 1) * _LINE)
        for column, picture in enumerate(pictures):
            fitted = np.atleast_3d(thumbnail(picture, tile))
            left = _LABEL_WIDTH + column * tile
            sheet[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return sheet


def captioned(picture: np.ndarray, lines: Sequence[str], tile: int = 160) -> np.ndarray:
    """A picture, RGB or grey, above lines of text, in a square tile: uint8 [tile, tile, 3] at most."""
    fitted = np.atleast_3d(thumbnail(picture, tile - len(lines) * _LINE))
    result = np.full((len(fitted) + len(lines) * _LINE, tile, 3), _BACKGROUND, np.uint8)
    result[: len(fitted), : fitted.shape[1]] = fitted
    for line, text in enumerate(lines):
        _write(result, text, _MARGIN // 2, len(fitted) + (line + 1) * _LINE - _MARGIN)
    return result


def _write(sheet: np.ndarray, text: str, left: int, baseline: int) -> None:
    cv2.putText(sheet, text, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.4, _TEXT, 1, cv2.LINE_AA)


def evenly_spaced(count: int, most: int) -> list[int]:
    """Indices of at most `most` of `count` rows, evenly spaced, including the first and the last."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()
