"""The legend of a heatmap: its colours as a bar, with what both ends stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from painctl.plots.canvas import SMALL, Canvas
from painctl.plots.text import text_width

_BAR: Final = 120  # pixels
_GAP: Final = 6


@dataclass(frozen=True, eq=False)
class HeatScale:
    """A bar of colours between two texts."""

    title: str
    colours: np.ndarray  # uint8 RGB [N, 3], of the lowest to the highest heat
    lowest: str
    highest: str

    height = 16  # pixels

    @property
    def least_width(self) -> int:
        """The width in pixels that it takes."""
        texts = sum(text_width(text, SMALL) for text in (self.title, self.lowest, self.highest))
        return round(texts) + _BAR + 3 * _GAP + 1

    def draw(self, canvas: Canvas, left: float, top: float) -> None:
        """Draw it with its upper left corner at a place in pixels."""
        x, baseline = left, top + 12
        for text in (self.title, self.lowest):
            canvas.text(text, x, baseline, size=SMALL, colour=canvas.theme.faint)
            x += round(text_width(text, SMALL)) + _GAP
        canvas.box(x - 1, top + 2, _BAR + 2, 12, canvas.theme.rule)
        canvas.picture(self.colours[None], x, top + 3, _BAR, 10)
        canvas.text(self.highest, x + _BAR + _GAP, baseline, size=SMALL, colour=canvas.theme.faint)
