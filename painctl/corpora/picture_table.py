"""Tables of pictures of people, as CSV files: what `predict --pairs` and a dataset of one's own pictures share."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from painctl.files.text import numbered_rows
from painctl.pain.action_units import ACTION_UNITS

SEPARATOR: Final = "|"  # between several neutral pictures
IMAGE, PERSON, NEUTRAL, SPLIT, PSPI, FACE = "image", "person", "neutral", "split", "pspi", "face"  # columns
LABELS: Final = (PSPI, *ACTION_UNITS)
_UNIT = re.compile(r"au[ _]?0*([1-9][0-9]?)", re.IGNORECASE)


@dataclass(frozen=True)
class TableRow:
    """A row of a table."""

    line: int
    image: Path
    name: str  # of the image, as the table has it
    neutral: tuple[Path, ...]  # empty if there is none
    person: str | None  # None without that column
    cells: Mapping[str, str]  # by the column's name


def read_rows(path: Path, columns: Collection[str] | None = None, expected: str = "") -> list[TableRow]:
    """The rows of a CSV file with the columns image, and optionally neutral, person and others.

    The case of these names does not matter, nor are AU04 and au_4 other columns than AU4. Names of files are relative
    to the folder of the CSV file, also as Windows writes them; `neutral` may be several, joined by `SEPARATOR`. Of a
    table with other columns than `columns`, the error says which are `expected`. Raises OSError or ValueError, which
    names the file, and the line of a row without an image.
    """
    rows = []
    for line, row in numbered_rows(path):
        cells = {column_name(name): cell for name, cell in row.items()}
        if len(cells) < len(row):
            names = [column_name(name) for name in row]
            raise ValueError(f"{path}: column {next(name for name in names if names.count(name) > 1)} is there twice")
        if columns is not None and (unknown := [name for name in cells if name not in columns]):
            raise ValueError(f"{path}: column {unknown[0]!r:.40}; expected {expected}")
        if not cells.get(IMAGE):
            raise ValueError(
                f"{path}: line {line}: no image; the table needs a column of that name, filled in every row"
            )
        neutral = [name for name in (cells.get(NEUTRAL) or "").split(SEPARATOR) if name]
        located = tuple(_located(path.parent, name) for name in neutral)
        image = cells[IMAGE]
        rows.append(TableRow(line, _located(path.parent, image), image, located, cells.get(PERSON), cells))
    return rows


def column_name(name: str) -> str:
    """The name of a column as painctl writes it, if it is one that painctl reads; otherwise the name itself."""
    if match := _UNIT.fullmatch(name):
        return f"AU{match[1]}"
    lower = name.lower()
    return lower if lower in (IMAGE, PERSON, NEUTRAL, SPLIT, PSPI, FACE) else name


def _located(folder: Path, name: str) -> Path:
    """The file of this name in a folder; if there is none, backslashes separate folders, as on Windows."""
    path = folder / name
    return folder / name.replace("\\", "/") if "\\" in name and not path.exists() else path
