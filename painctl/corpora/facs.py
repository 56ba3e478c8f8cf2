"""Text files of numbers that label a frame, and FACS codes in them: rows of action unit and intensity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.faults import Fault, reason
from painctl.files.names import printable
from painctl.files.text import read_text
from painctl.pain.action_units import ACTION_UNITS

NUMBERS: Final = tuple(int(name[2:]) for name in ACTION_UNITS)  # of the six units
_MOST_BYTES = 1_000_000  # of a label; the longest have a few thousand


@dataclass(frozen=True, eq=False)
class FacsRows:
    """The rows of a FACS file; none if no unit is active."""

    units: np.ndarray  # float [R], the number of the unit
    intensities: np.ndarray  # float [R], 0..5


def file_name(path: Path | None, frame: str) -> str:
    """A file for the list of faults, by its name, or by its frame if there is none."""
    return printable(path.name) if path else frame


def read_facs(path: Path | None, frame: str, faults: list[Fault]) -> FacsRows | None:
    """The rows of a FACS file, of which the first two columns are used; None, and a fault, if it is invalid."""
    table = read_numbers(path, frame, "FACS labels", faults)
    if table is None or not table.size:
        return None if table is None else FacsRows(np.empty(0), np.empty(0))
    kind = "FACS labels that are not rows of action unit and intensity from 0 to 5, left out"
    if table.shape[1] < 2:
        faults.append(Fault(kind, file_name(path, frame), "rows of 1 number"))
        return None
    units, intensities = table[:, 0], table[:, 1]
    wrong = ~((units >= 1) & (units == np.floor(units)) & (intensities >= 0) & (intensities <= 5))
    if wrong.any():
        row = int(wrong.argmax())
        detail = f"row {row + 1}: action unit {units[row]:g}, intensity {intensities[row]:g}"
        faults.append(Fault(kind, file_name(path, frame), detail))
        return None
    return FacsRows(units, intensities)


def read_numbers(path: Path | None, frame: str, labels: str, faults: list[Fault]) -> np.ndarray | None:
    """The numbers of a text file, float [rows, columns]; None, and a fault, if there are none to read."""
    if path is None:
        faults.append(Fault(f"frames without {labels}, left out", frame))
        return None
    try:
        return _numbers(read_text(path, _MOST_BYTES))
    except (ValueError, OSError) as error:
        faults.append(Fault(f"{labels} that cannot be read, left out", file_name(path, frame), reason(error, path)))
        return None


def _numbers(text: str) -> np.ndarray:
    rows: list[list[float]] = []
    for line, words in enumerate(map(str.split, text.split("\n")), 1):
        if not words:
            continue
        rows.append([_number(word, line) for word in words])
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(f"line {line}: {len(rows[-1])} numbers, not {len(rows[0])} as before")
    return np.array(rows, float).reshape(len(rows), len(rows[0]) if rows else 0)


def _number(word: str, line: int) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"line {line}: {word[:20]!r} is not a number")
    return number
