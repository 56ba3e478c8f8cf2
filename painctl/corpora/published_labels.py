"""The labels of the published 3DPain: an annotation in JSON for each expression, and a CSV with their split."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from painctl.corpora.faults import Fault, reason
from painctl.corpora.layout import entries
from painctl.files.names import parse_csv_text, printable
from painctl.files.text import numbered_rows, read_json
from painctl.pain.action_units import ACTION_UNITS, HIGHEST, MAX_PSPI
from painctl.pain.action_units import pspi as pspi_of
from painctl.records import SPLITS

ENDING: Final = "_annotations.json"
_MOST_BYTES = 1_000_000  # of an annotation, which has seven numbers
_BASE, _SPLIT = "annotation_base_name", "split"  # columns
_VALUES = {str(number): name for number, name in enumerate(SPLITS)} | {name: name for name in SPLITS}
_VALUES |= {f"{number}.0": name for number, name in enumerate(SPLITS)}  # as tools save a column with gaps


def read_labels(path: Path, faults: list[Fault]) -> np.ndarray | None:
    """The six units and PSPI, float [7]; None, and a fault, for an invalid annotation."""
    where = printable(path.name)
    try:
        record = read_json(path, _MOST_BYTES)
        values = np.array([_number(record, name) for name in (*ACTION_UNITS, "PSPI")])
    except (OSError, ValueError) as error:
        faults.append(Fault("annotations that cannot be read, left out", where, reason(error, path)))
        return None
    outside = ~((values >= 0) & (values <= (*HIGHEST, MAX_PSPI)))
    if outside.any():
        field = int(outside.argmax())
        detail = f"{(*ACTION_UNITS, 'PSPI')[field]} {values[field]:g}, expected 0 to {(*HIGHEST, MAX_PSPI)[field]}"
        faults.append(Fault("annotations out of range, left out", where, detail))
        return None
    if pspi_of(values[:6]) != values[6]:
        detail = f"PSPI {values[6]:g}, action units give {pspi_of(values[:6]):g}"
        faults.append(Fault("annotations whose PSPI disagrees with their action units, kept", where, detail))
    return values


def _number(record: Any, name: str) -> float:
    if not isinstance(record, dict):
        raise ValueError(f"a {type(record).__name__}, not an object with AU4 to PSPI")
    if name not in record:
        raise ValueError(f"has no {name}")
    value = record[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is {json.dumps(value)[:20]}, not a number")
    try:
        return float(value)
    except OverflowError:
        return math.inf


@dataclass(frozen=True)
class Splits:
    """The split of each annotation, by its printable name, and the CSV that states it."""

    path: Path
    of: Mapping[str, str]

    def require_one_each(self, frames: Iterable[tuple[str, str]]) -> None:
        """Raises ValueError if a person is in two splits; `frames` has the annotation and the person of each frame."""
        first_of: dict[str, str] = {}
        for base, person in frames:
            first = first_of.setdefault(person, base)
            if self.of[first] != self.of[base]:
                raise ValueError(
                    f"{printable(self.path)}: {person} is in more than one split: {first} in {self.of[first]}, "
                    f"{base} in {self.of[base]}"
                )


def read_splits(folders: Iterable[Path], faults: list[Fault]) -> Splits | None:
    """The splits in the CSV, in one of the folders, whose name begins or ends with split; None without one.

    Raises ValueError that names the file, and the line of what is invalid.
    """
    files = sorted({path.resolve(): path for folder in folders for path in _split_files(folder)}.values())
    if not files:
        return None
    name = printable(files[0])
    if len(files) > 1:
        raise ValueError(f"{name} and {printable(files[1].name)} are both split files; keep one of them")
    rows = [(line, {key.lower(): cell for key, cell in row.items()}) for line, row in numbered_rows(files[0])]
    if not rows:
        raise ValueError(f"{name}: has no rows; fill it in, or remove the file to use the frames without a split")
    if not rows[0][1].keys() >= {_BASE, _SPLIT}:
        present = ",".join(map(printable, rows[0][1]))
        raise ValueError(f"{name}: expected the columns {_BASE},{_SPLIT} with 0, 1 or 2; it has {present[:200]}")
    split_of: dict[str, str] = {}
    line_of: dict[str, int] = {}
    for line, row in rows:
        base, split = parse_csv_text(row[_BASE]).strip(), _VALUES.get(parse_csv_text(row[_SPLIT]).strip().lower())
        if split is None:
            value = printable(row[_SPLIT])[:20]
            raise ValueError(f"{name}: line {line}: split is {value!r}, expected 0, 1 or 2 for {', '.join(SPLITS)}")
        if split_of.get(base, split) != split:
            raise ValueError(f"{name}: line {line}: {printable(base)} is in another split in line {line_of[base]}")
        if base in split_of:
            faults.append(Fault("lines of the split that stand twice", printable(base), f"line {line}"))
        split_of[base], line_of[base] = split, line
    return Splits(files[0], split_of)


def _split_files(folder: Path) -> list[Path]:
    names = [entry.name for entry in entries(folder, ".csv")]
    return [folder / name for name in names if _SPLIT in (name[: len(_SPLIT)].lower(), name[-9:-4].lower())]
