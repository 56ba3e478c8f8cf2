"""A figure that is laid out in pixels from its upper left corner."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

import cv2
import numpy as np

from painctl.plots.figures import DPI
from painctl.plots.text import POINTS
from painctl.plots.themes import Theme

TEXT: Final = 12  # pixels, the size of text
SMALL: Final = 10.5


class Canvas:
    """Draws on a figure of matplotlib; to be used within `figures.drawing`. Lengths and places are in pixels.

    `scale` is the number of stored pixels for each of them, in formats that have pixels.
    """

    def __init__(self, width: int, height: int, theme: Theme, scale: int = 1) -> None:
        from matplotlib.figure import Figure

        self.theme, self.width, self.height, self._scale = theme, width, height, scale
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI * scale)
        self._plane = self.figure.add_axes((0, 0, 1, 1))
        self._plane.set_axis_off()
        self._plane.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
        self._order = count()  # what is drawn later is above

    def picture(self, image: np.ndarray, left: float, top: float, width: float, height: float) -> None:
        """A picture, uint8 [H, W, 3] or grey [H, W], scaled to a rectangle; every format stores the same pixels."""
        size = max(1, round(width * self._scale)), max(1, round(height * self._scale))
        if size != image.shape[1::-1]:
            shrinks = size[0] < image.shape[1]
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        stored = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
        place = (left, left + width, top + height, top)
        self._plane.imshow(stored, extent=place, aspect="auto", interpolation="none", zorder=next(self._order))
        self._plane.set(xlim=(0, self.width), ylim=(self.height, 0))

    def text(
        self,
        text: str,
        x: float,
        baseline: float,
        *,
        size: float = TEXT,
        colour: str = "",
        align: str = "left",
        weight: str = "normal",
    ) -> None:
        """A line of text, without mark-up."""
        self._plane.text(
            x,
            baseline,
            text,
            fontsize=size * POINTS,
            color=colour or self.theme.ink,
            ha=align,
            va="baseline",
            weight=weight,
            zorder=next(self._order),
        )

    def box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        from matplotlib.patches import Rectangle

        order = next(self._order)
        self._plane.add_patch(Rectangle((left, top), width, height, facecolor=colour, linewidth=0, zorder=order))

    def line(self, x: tuple[float, float], y: tuple[float, float], colour: str, width: float = 1) -> None:
        """A straight line between two points."""
        order = next(self._order)
        self._plane.plot(x, y, color=colour, linewidth=width * POINTS, solid_capstyle="butt", zorder=order)

    def dots(self, points: np.ndarray, size: float, colour: str, edge: str) -> None:
        """A disc at each of the points [N, 2], `size` pixels across, with a thin rim."""
        area = (size * POINTS) ** 2
        x, y = np.asarray(points, float).T
        self._plane.scatter(
            x, y, s=area, c=colour, edgecolors=edge, linewidths=0.5, zorder=next(self._order), clip_on=False
        )

    def axes(self, left: float, top: float, width: float, height: float) -> Any:
        """Axes of matplotlib in a rectangle, which holds the data alone: ticks and labels are outside of it."""
        place = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(place)
