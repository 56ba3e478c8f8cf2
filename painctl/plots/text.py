"""Text that fits: measured in pixels, shortened in the middle, and wrapped."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from painctl.plots.figures import DPI

_ELLIPSIS: Final = "…"
_ENLARGED: Final = 8  # for measuring, which counts whole pixels
POINTS: Final = 72 / DPI  # of a pixel


@lru_cache(4096)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """The width of a line of text in pixels, at a size in pixels."""
    enlarged = _renderer().get_text_width_height_descent(text, _font(_ENLARGED * size, weight), ismath=False)[0]
    return float(enlarged) / _ENLARGED


def shortened(text: str, width: float, size: float, weight: str = "normal") -> str:
    """A text that is at most so many pixels wide, without its middle if it is longer: both ends of a name tell."""
    if text_width(text, size, weight) <= width:
        return text
    low, high = 0, len(text)  # characters that are kept
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if text_width(_without_middle(text, middle), size, weight) <= width else (low, middle)
        )
    return _without_middle(text, low)


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """A text as lines of at most so many pixels, broken at spaces and line ends; a longer word is `shortened`."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size, weight) > width:
                lines.append(shortened(line, width, size, weight))
                longer = word
            line = longer
        lines.append(shortened(line, width, size, weight))
    return lines


def _without_middle(text: str, kept: int) -> str:
    end = kept // 2  # characters of the end
    return text[: kept - end] + _ELLIPSIS + (text[-end:] if end else "")


@lru_cache(1)
def _renderer() -> Any:
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(1, 1, DPI)


@lru_cache(64)
def _font(size: float, weight: str) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family="DejaVu Sans", size=size * POINTS, weight=weight)
