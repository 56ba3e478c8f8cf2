"""Which CSV file of a folder is a table of pictures with labels: by its columns, not its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from painctl.corpora.layout import entries, subfolders
from painctl.corpora.picture_table import IMAGE, LABELS, PERSON, column_name
from painctl.files.names import printable
from painctl.files.text import numbered_rows

CSV: Final = ".csv"
_MOST_BYTES = 64_000_000
_MOST_FILES = 50  # that are read


def find_table(path: Path) -> Path | None:
    """The table at a path: the CSV file itself; else the one in the folder, or in one of the folders in it.

    Raises ValueError for two at the same depth.
    """
    if not path.is_dir():
        return path if path.suffix.lower() == CSV and _is_table(path) else None
    with suppress(OSError):  # not ours to read
        for level in ([path], subfolders(path)):
            tables = [file for folder in level for file in islice(_csv_in(folder), _MOST_FILES) if _is_table(file)]
            if len(tables) > 1:
                raise ValueError(f"{printable(tables[0])} and {printable(tables[1])} are both tables; give one of them")
            if tables:
                return tables[0]
    return None


def _csv_in(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(folder / entry.name for entry in entries(folder, CSV))


def _is_table(file: Path) -> bool:
    """Whether a CSV file has the columns of a table of pictures with labels; false if it cannot be read as one."""
    with suppress(OSError, ValueError):
        rows = numbered_rows(file, _MOST_BYTES)
        names = {column_name(name) for name in rows[0][1]} if rows else set()
        return IMAGE in names and bool(names & {PERSON, *LABELS})
    return False
