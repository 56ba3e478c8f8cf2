"""A contact sheet: rows of pictures with a label before each, and titles over its columns."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

Row = tuple[str, Sequence[np.ndarray]]  # label, may have lines; pictures uint8, RGB [H, W, 3] or grey [H, W]

_LABEL = 110  # pixels
_LINE = 18
_MARGIN = 6
_INK = (235, 235, 235)
_PAPER = 24


def contact_sheet(rows: Sequence[Row], tile: int = 160, titles: Sequence[str] = ()) -> np.ndarray:
    """One RGB picture, uint8 [rows * tile, label + columns * tile, 3]; pictures are fitted into square tiles.

    `titles`, one a column from the first, take a line more above them.
    Raises ValueError if there is nothing to show.
    """
    columns = max((len(pictures) for _, pictures in rows), default=0)
    if columns == 0:
        raise ValueError("there are no pictures to put on a sheet")
    head = 2 * _MARGIN + _LINE if titles else 0
    sheet = np.full((head + len(rows) * tile, _LABEL + columns * tile, 3), _PAPER, np.uint8)
    for column, title in enumerate(titles):
        _write(sheet, title, _LABEL + column * tile + _MARGIN, _LINE)
    for row, (label, pictures) in enumerate(rows):
        top = head + row * tile
        for line, text in enumerate(label.split("\n")):
            _write(sheet, text, _MARGIN, top + (line + 1) * _LINE)
        for column, picture in enumerate(pictures):
            fitted = np.atleast_3d(thumbnail(picture, tile))
            left = _LABEL + column * tile
            sheet[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return sheet


def _write(sheet: np.ndarray, text: str, left: int, base: int) -> None:
    cv2.putText(sheet, text, (left, base), cv2.FONT_HERSHEY_SIMPLEX, 0.4, _INK, 1, cv2.LINE_AA)


def evenly(count: int, most: int) -> list[int]:
    """At most `most` rows out of `count`, evenly apart, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()


def thumbnail(picture: np.ndarray, tile: int) -> np.ndarray:
    """The picture scaled so that its longer side is `tile` pixels."""
    height, width = picture.shape[:2]
    scale = tile / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
