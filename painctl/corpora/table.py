"""Pictures of one's own with a CSV file of their people and labels.

The columns are image and person; pspi, or some of the six units, or both; and, if wanted, neutral, split, and
attributes of the people, by which results are reported. A cell without a label is a unit that was not coded. Without
pspi, it follows from the units. A picture is compared with those that its row names as neutral, else with the person's
other pictures of PSPI 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.corpus import Corpus
from painctl.corpora.faces import faces_in
from painctl.corpora.faults import Fault, unusable
from painctl.corpora.frames import Frame, Rules, assemble
from painctl.corpora.picture_table import IMAGE, LABELS, NEUTRAL, PERSON, PSPI, SPLIT, TableRow, read_rows
from painctl.files.names import parse_csv_text, printable
from painctl.files.reading import read_bytes
from painctl.images.any_format import decode_any
from painctl.pain.action_units import ACTION_UNITS, HIGHEST, MAX_PSPI
from painctl.pain.labels import coded_pspi, score_name
from painctl.records import SPLITS

_NEUTRAL: Final = "picture of PSPI 0"
_MOST_BYTES = 256_000_000  # of a picture
_MOST_VALUES = 20  # of an attribute of people
_TOP: Final = dict(zip(LABELS, (MAX_PSPI, *HIGHEST), strict=True))


@dataclass(frozen=True)
class _Columns:
    """The columns of a table beyond image and person."""

    labels: tuple[str, ...]  # of LABELS
    groups: tuple[str, ...]
    ignored: tuple[str, ...]
    label: str  # what the label is

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(name for name in self.labels if name != PSPI)


def read_table(path: Path, seed: int = 0, crop: bool = True) -> Corpus:
    """The corpus that a CSV file describes, its frames by person and picture, whatever the order of the rows.

    Pictures may be of any format that `predict` reads. With `crop`, the largest face is detected and cropped;
    otherwise pictures are faces already. Raises ValueError that names the file, and the line or column of what is
    invalid, or if no picture is usable.
    """
    rows = read_rows(path)
    columns = _columns(path, rows)
    _require_one_split(path, rows)
    faults: list[Fault] = []
    kept = _labelled(rows, columns, faults)
    kept.sort(key=lambda pair: (pair[1].person, pair[1].name))
    frames = [frame for _, frame in kept]
    if not frames:
        raise unusable(path, f"none of {len(rows)} rows is usable", faults)
    pictures = [row.image for row, _ in kept]
    number = {picture: len(frames) + at for at, picture in enumerate(_others(kept))}
    own = {picture: key for key, picture in enumerate(pictures)} | number
    frames = [
        Frame(f.name, f.person, f.aus, f.pspi, f.neutral, tuple(own[p] for p in row.neutral), f.groups, f.split)
        for row, f in kept
    ]
    faces = faces_in([*pictures, *number], crop, faults, _read)
    rules = Rules(
        neutral=_NEUTRAL,
        neutral_rule="the neutral pictures of the row, otherwise pictures of PSPI 0 of the same person",
        label=columns.label,
        notes=_notes(columns),
        groups=columns.groups,
    )
    return assemble(path, frames, faces, faults, rules, seed, crop)


def _others(kept: Sequence[tuple[TableRow, Frame]]) -> list[Path]:
    """The neutral pictures that are in no row of their own, in order, each once."""
    rows = {row.image for row, _ in kept}
    return list(dict.fromkeys(picture for row, _ in kept for picture in row.neutral if picture not in rows))


def _columns(path: Path, rows: Sequence[TableRow]) -> _Columns:
    """The columns of a table. Raises ValueError if it has no rows or lacks a column."""
    if not rows:
        raise ValueError(f"{printable(path)}: no rows; each needs an image, a person and a label")
    names = list(rows[0].cells)
    labels = tuple(name for name in LABELS if name in names)
    if PERSON not in names:
        raise ValueError(
            f"{printable(path)}: no column {PERSON}; it says who is in each picture, by any name or number"
        )
    if not labels:
        units = ", ".join(ACTION_UNITS)
        raise ValueError(f"{printable(path)}: no label; it needs the column {PSPI}, or some of the columns {units}")
    others = [name for name in names if name not in (IMAGE, PERSON, NEUTRAL, SPLIT, *LABELS)]
    few = {name for name in others if len({row.cells[name] for row in rows}) <= _MOST_VALUES}
    return _Columns(
        labels=labels,
        groups=tuple(name for name in others if name in few),
        ignored=tuple(name for name in others if name not in few),
        label=score_name(ACTION_UNITS if PSPI in labels else labels),
    )


def _notes(columns: _Columns) -> tuple[str, ...]:
    notes = []
    if missing := [name for name in ACTION_UNITS if name not in columns.units]:
        notes.append(f"not coded, for want of a column: {', '.join(missing)}")
    if PSPI not in columns.labels:
        notes.append(f"the label is {columns.label}, from the columns of the units")
    if columns.groups:
        notes.append(f"reported by {', '.join(map(printable, columns.groups))}")
    if columns.ignored:
        names = ", ".join(map(printable, columns.ignored))
        notes.append(f"ignored columns, of more than {_MOST_VALUES} values: {names}")
    return tuple(notes)


def _labelled(rows: Sequence[TableRow], columns: _Columns, faults: list[Fault]) -> list[tuple[TableRow, Frame]]:
    """The rows with valid labels, each picture once."""
    line_of: dict[Path, int] = {}
    kept = []
    for row in rows:
        name, where = printable(row.name), f"line {row.line}"
        if not row.person:
            faults.append(Fault("rows without a person, left out", name, where))
        elif row.image in line_of:
            kind = "rows of a picture that is in an earlier row, left out"
            faults.append(Fault(kind, name, f"{where}, as line {line_of[row.image]}"))
        elif frame := _frame(row, columns, faults):
            kept.append((row, frame))
        line_of.setdefault(row.image, row.line)
    return kept


def _frame(row: TableRow, columns: _Columns, faults: list[Fault]) -> Frame | None:
    """The labels of a row; None, and a fault, if one is invalid or none is there."""
    name = printable(row.name)
    try:
        values = {label: _value(row, label) for label in columns.labels}
    except ValueError as error:
        faults.append(Fault("rows with invalid labels, left out", name, f"line {row.line}: {error}"))
        return None
    aus = np.array([values.get(unit, np.nan) for unit in ACTION_UNITS])
    aus[-1] = aus[-1] if np.isnan(aus[-1]) else float(aus[-1] > 0)
    coded = np.array([unit in columns.units for unit in ACTION_UNITS])
    complete = columns.units and not np.isnan(aus[coded]).any()
    pspi = values.get(PSPI, np.nan)
    if np.isnan(pspi) and ((PSPI in columns.labels and not coded.all()) or not complete):
        faults.append(Fault("rows without PSPI, or the units that make it up, left out", name, f"line {row.line}"))
        return None
    derived = float(coded_pspi(aus))
    if np.isnan(pspi):
        pspi = derived
    elif coded.all() and complete and derived != pspi:
        detail = f"line {row.line}: PSPI {pspi:g}, action units give {derived:g}"
        faults.append(Fault("frames whose PSPI disagrees with their action units, kept", name, detail))
    groups = tuple(printable(parse_csv_text(row.cells[group])) for group in columns.groups)
    person = printable(parse_csv_text(row.person or ""))
    return Frame(name, person, aus, pspi, pspi == 0, groups=groups, split=row.cells.get(SPLIT, "").lower())


def _value(row: TableRow, label: str) -> float:
    """The number in a cell, NaN if it is empty; a decimal comma is one. Raises ValueError if it is out of range."""
    cell = row.cells[label]
    if cell.lower() in ("", "nan", "na"):
        return np.nan
    try:
        value = float(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)
    except ValueError:
        raise ValueError(f"{label} is {printable(cell)[:20]!r}, not a number") from None
    if not 0 <= value <= _TOP[label]:
        raise ValueError(f"{label} is {value:g}, expected 0 to {_TOP[label]}")
    return value


def _require_one_split(path: Path, rows: Sequence[TableRow]) -> None:
    """Raise ValueError unless every row has a split, of SPLITS, and every person is in one; or there is none."""
    if SPLIT not in rows[0].cells:
        return
    first: dict[str | None, TableRow] = {}
    for row in rows:
        split = row.cells[SPLIT].lower()
        if split not in SPLITS:
            value = printable(row.cells[SPLIT])[:20]
            raise ValueError(f"{printable(path)}: line {row.line}: split is {value!r}, expected {', '.join(SPLITS)}")
        other = first.setdefault(row.person, row)
        if other.cells[SPLIT].lower() != split:
            person, name = printable(row.person or ""), printable(path)
            raise ValueError(f"{name}: line {row.line}: {person} is in another split in line {other.line}")


def _read(path: Path) -> tuple[np.ndarray, bytes]:
    data = read_bytes(path, _MOST_BYTES)
    return decode_any(data, str(path)), data
