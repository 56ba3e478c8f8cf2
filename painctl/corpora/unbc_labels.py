"""The labels of a frame of UNBC-McMaster: text files of numbers. What is wrong with one is a fault that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.facs import NUMBERS, file_name, read_facs, read_numbers
from painctl.corpora.faults import Fault
from painctl.pain.action_units import ACTION_UNITS, MAX_PSPI

POINTS: Final = 66  # the 68 landmarks without the inner corners of the mouth
NO_POINTS: Final = np.empty((0, 2), np.float32)
_MOST_PIXELS = 100_000.0  # of a coordinate


def read_pspi(path: Path | None, frame: str, faults: list[Fault]) -> float:
    """The PSPI of a frame; 0, and a fault, if it is missing or invalid."""
    table = read_numbers(path, frame, "PSPI labels", faults)
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
    rows = read_facs(path, frame, faults)
    if rows is None:
        return aus
    for column, number in enumerate(NUMBERS):
        aus[column] = rows.intensities[rows.units == number].max(initial=0)
    aus[-1] = aus[-1] > 0
    return aus


def read_points(path: Path | None, frame: str, faults: list[Fault]) -> np.ndarray:
    """The AAM points, float32 [66, 2], pixels; [0, 2], and a fault, if they are missing or invalid."""
    table = read_numbers(path, frame, "AAM points", faults)
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
