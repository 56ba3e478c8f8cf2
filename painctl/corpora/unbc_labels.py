"""The labels of a frame of UNBC-McMaster: text files of numbers. What is wrong with one is a fault that names it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.faults import Fault, reason
from painctl.files.names import printable
from painctl.files.text import read_text
from painctl.pain.action_units import ACTION_UNITS, MAX_PSPI

POINTS: Final = 66  # the 68 landmarks without the inner corners of the mouth
NO_POINTS: Final = np.empty((0, 2), np.float32)
_NUMBERS = tuple(int(name[2:]) for name in ACTION_UNITS)
_MOST_BYTES = 1_000_000  # of a label; the longest of the corpus have a few thousand
_MOST_PIXELS = 100_000.0  # of a coordinate


def file_name(path: Path | None, frame: str) -> str:
    """A file for the list of faults, by its name, or by its frame if there is none."""
    return printable(path.name) if path else frame


def read_pspi(path: Path | None, frame: str, faults: list[Fault]) -> float:
    """The PSPI of a frame; 0, and a fault, if it is missing or invalid."""
    table = _table(path, frame, "PSPI labels", faults)
    if table is None:
        return 0.0
    if table.size != 1 or not 0 <= table[0, 0] <= MAX_PSPI:
        detail = f"{table[0, 0]:g}" if table.size == 1 else f"{table.size} numbers"
        kind = f"PSPI labels that are not one number from 0 to {MAX_PSPI}, left out"
        faults.append(Fault(kind, file_name(path, frame), detail))
        return 0.0
    return float(table[0, 0])


def read_aus(path: Path | None, frame: str, faults: list[Fault]) -> np.ndarray:
    """The six units float [6], 0 where not listed; AU43 is 0 or 1."""
    aus = np.zeros(len(ACTION_UNITS))
    table = _table(path, frame, "FACS labels", faults)
    if table is None or not table.size:
        return aus
    kind = "FACS labels that are not rows of action unit and intensity from 0 to 5, left out"
    if table.shape[1] < 2:
        faults.append(Fault(kind, file_name(path, frame), "rows of 1 number"))
        return aus
    units, intensities = table[:, 0], table[:, 1]
    wrong = ~((units >= 1) & (units == np.floor(units)) & (intensities >= 0) & (intensities <= 5))
    if wrong.any():
        row = int(wrong.argmax())
        detail = f"row {row + 1}: action unit {units[row]:g}, intensity {intensities[row]:g}"
        faults.append(Fault(kind, file_name(path, frame), detail))
        return aus
    for column, number in enumerate(_NUMBERS):
        listed = intensities[units == number]
        aus[column] = listed.max() if len(listed) else 0
    aus[-1] = aus[-1] > 0
    return aus


def read_points(path: Path | None, frame: str, faults: list[Fault]) -> np.ndarray:
    """The AAM points, float32 [66, 2], pixels; [0, 2], and a fault, if they are missing or invalid."""
    table = _table(path, frame, "AAM points", faults)
    if table is None:
        return NO_POINTS
    if table.shape != (POINTS, 2):
        detail = f"{table.shape[0]} rows of {table.shape[1]}"
    elif not (abs(table) < _MOST_PIXELS).all():
        detail = f"row {int((~(abs(table) < _MOST_PIXELS).all(axis=1)).argmax()) + 1} is not in a picture"
    else:
        return table.astype(np.float32)
    faults.append(Fault(f"AAM points that are not {POINTS} pairs of pixels, left out", frame, detail))
    return NO_POINTS


def _table(path: Path | None, frame: str, labels: str, faults: list[Fault]) -> np.ndarray | None:
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
