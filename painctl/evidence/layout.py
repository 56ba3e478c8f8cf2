"""Tables of text whose columns are aligned, in a given width."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

_GAP: Final = "  "


def aligned(rows: Sequence[Sequence[str]], width: int | None = None) -> list[str]:
    """The lines of a table, whose first row is its head; a column of numbers is aligned to the right.

    Columns that do not fit into `width` letters follow below, in a further table with the first column repeated and
    without rows that would be empty.
    """
    columns = [_column(cells) for cells in zip(*rows, strict=True)]
    first, *others = columns
    lines: list[str] = []
    while others:
        count = len(others)
        while count > 1 and width is not None and _width([first, *others[:count]]) > width:
            count -= 1
        block = [first, *others[:count]]
        lines += [_GAP.join(cells).rstrip() for cells in zip(*block, strict=True) if "".join(cells[1:]).strip()]
        others = others[count:]
        if others:
            lines.append("")
    return lines


def filled(text: str, width: int | None = None) -> list[str]:
    """A text in lines of at most `width` letters; one line without a width."""
    return [text] if width is None else textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _column(cells: Sequence[str]) -> list[str]:
    width, is_numeric = max(map(len, cells)), all(map(_is_number, cells[1:]))
    return [cell.rjust(width) if is_numeric else cell.ljust(width) for cell in cells]


def _is_number(cell: str) -> bool:
    return cell in ("", "–") or cell.lstrip("+-").replace(",", "").replace(".", "").isdecimal()


def _width(columns: Sequence[Sequence[str]]) -> int:
    return sum(len(column[0]) for column in columns) + len(_GAP) * (len(columns) - 1)
