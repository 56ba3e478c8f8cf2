"""A contact sheet: rows of pictures with a label before each row, titles over the columns, and captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from painctl.images.resize import thumbnail
from painctl.plots.canvas import SMALL, TEXT, Canvas
from painctl.plots.scales import HeatScale
from painctl.plots.text import shortened, text_width, wrapped
from painctl.plots.themes import Theme

_WIDEST_LABEL: Final = 200  # pixels; longer lines are wrapped
_GAP: Final = 4  # between pictures
_MARGIN: Final = 12
_LINE: Final = 17
_CAPTION_LINE: Final = 14


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture, uint8 RGB [H, W, 3] or grey [H, W], and a caption under it."""

    picture: np.ndarray
    caption: str = ""  # of several lines, if need be


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a contact sheet."""

    label: str  # of several lines; the first is a heading
    tiles: Sequence[Tile | None]  # None leaves a place empty


def contact_sheet(
    rows: Sequence[Row], theme: Theme, tile: int = 160, titles: Sequence[str] = (), scale: HeatScale | None = None
) -> Canvas:
    """The sheet, with every picture fitted into a square of `tile` pixels; to be used within `figures.drawing`.

    `titles`, one per column starting with the first, are at the top; `scale` explains the colours of heatmaps below.
    No text is cut: labels and captions are wrapped, rows grow with them, and long names are shortened in the middle.
    Raises ValueError if there are no pictures.
    """
    columns = max((len(row.tiles) for row in rows), default=0)
    if not any(row.tiles for row in rows):
        raise ValueError("no pictures for the contact sheet")
    labels = [_label(row.label) for row in rows]
    captions = [[_caption(entry, tile) for entry in row.tiles] for row in rows]
    label_width = max((_text_width(lines) for lines in labels), default=0)
    left = _MARGIN + round(label_width) + (_MARGIN if label_width else 0)
    heads = [wrapped(title, tile, SMALL) for title in titles]
    header = max((len(lines) for lines in heads), default=0) * _CAPTION_LINE + (6 if titles else 0)
    heights = [
        max(tile + _caption_height(texts), len(lines) * _LINE + 2)
        for lines, texts in zip(labels, captions, strict=True)
    ]
    width = max(left + columns * (tile + _GAP) - _GAP + _MARGIN, 2 * _MARGIN + (scale.least_width if scale else 0))
    body = _MARGIN + header + sum(heights) + _GAP * (len(rows) - 1)
    canvas = Canvas(width, body + (scale.height + _MARGIN if scale else 0) + _MARGIN, theme)
    for column, lines in enumerate(heads):
        for number, text in enumerate(lines):
            canvas.text(text, left + column * (tile + _GAP), _MARGIN + 10 + number * _CAPTION_LINE, size=SMALL)
    top = _MARGIN + header
    for row, lines, texts, height in zip(rows, labels, captions, heights, strict=True):
        for number, text in enumerate(lines):
            weight, colour = ("bold", theme.ink) if number == 0 else ("normal", theme.faint)
            canvas.text(text, _MARGIN, top + 12 + number * _LINE, weight=weight, colour=colour)
        for column, (entry, caption) in enumerate(zip(row.tiles, texts, strict=True)):
            if entry is not None:
                _draw(canvas, entry.picture, caption, left + column * (tile + _GAP), top, tile)
        top += height + _GAP
    if scale:
        scale.draw(canvas, left if width - left >= scale.least_width + _MARGIN else _MARGIN, body + _MARGIN)
    return canvas


def evenly_spaced(count: int, most: int) -> list[int]:
    """Indices of at most `most` of `count` rows, evenly spaced, including the first and the last."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()


def _draw(canvas: Canvas, picture: np.ndarray, caption: Sequence[str], left: float, top: float, tile: int) -> None:
    fitted = thumbnail(picture, tile)
    height, width = fitted.shape[:2]
    canvas.picture(fitted, left, top, width, height)
    for number, text in enumerate(caption):
        canvas.text(text, left, top + height + 12 + number * _CAPTION_LINE, size=SMALL, colour=canvas.theme.faint)


def _label(text: str) -> list[str]:
    head, *others = text.split("\n")
    lines = [line for other in others for line in wrapped(other, _WIDEST_LABEL, TEXT)]
    return [shortened(head, _WIDEST_LABEL, TEXT, "bold"), *lines] if text else []


def _caption(entry: Tile | None, tile: int) -> list[str]:
    return wrapped(entry.caption, tile, SMALL) if entry is not None and entry.caption else []


def _caption_height(texts: Sequence[Sequence[str]]) -> int:
    lines = max(map(len, texts), default=0)
    return lines * _CAPTION_LINE + 6 if lines else 0


def _text_width(lines: Sequence[str]) -> float:
    return max((text_width(line, TEXT, "normal" if number else "bold") for number, line in enumerate(lines)), default=0)
