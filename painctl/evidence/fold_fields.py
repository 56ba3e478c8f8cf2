"""The fields of a fold's file, checked before they are used."""

from __future__ import annotations

import io
from typing import Any, Final

from painctl.evidence.metrics import LEVELS
from painctl.files.fields import Field, check_fields, listed, number, shown, table, text, whole
from painctl.files.seals import is_intact
from painctl.files.text import parse_json

FORMAT: Final = "painctl-cv-fold/3"
_UNSEALED: Final = "painctl-cv-fold/1"
_EARLIER: Final = ("painctl-cv-fold/2", _UNSEALED)  # without median and labels
TEXT, NUMBERS = ("frame", "subject"), ("pspi", "estimate")  # columns of `frames`
_ROWS = 100_000_000
_NUMBER = number(-1e6, 1e6)
_PEOPLE = listed(text(), 0, _ROWS)
_FIELDS: Final = {
    "fold": whole(1, _ROWS),
    "of": whole(1, _ROWS),
    "about": table(),
    "trained": _PEOPLE,
    "validated": _PEOPLE,
    "cuts": table(),
    "median": _NUMBER.optional(),
    "frames": table(),
}


def fold_fields(data: bytes, name: str) -> dict[str, Any]:
    """The fields in the bytes of a fold's file.

    Raises ValueError, which names the file `name` and a field, if one is invalid, and if a byte has changed.
    """
    try:
        return _checked(data, name)
    except ValueError as error:
        raise ValueError(f"{error}; run that fold again") from None


def _checked(data: bytes, name: str) -> dict[str, Any]:
    record = parse_json(data.decode(errors="backslashreplace"), name)
    check_fields(record, {"format": text()}, name, others=True)
    if record["format"] not in (FORMAT, *_EARLIER):
        raise ValueError(f"{name}: not a fold written by painctl cv: its format is {shown(record['format'])}")
    if record["format"] != _UNSEALED and not is_intact(io.BytesIO(data)):
        raise ValueError(f"{name}: changed or damaged: its sha256 is that of another content")
    check_fields(record, _FIELDS, name, others=True)
    check_fields(record["cuts"], {str(level): _NUMBER for level in LEVELS}, f"{name}: cuts")
    columns, place = record["frames"], f"{name}: frames"
    check_fields(columns, {"frame": _PEOPLE}, place, others=True)
    rows = len(columns["frame"])
    names, numbers = listed(text(), rows, rows), listed(_NUMBER, rows, rows)
    labels = listed(_NUMBER.or_null(), rows, rows)
    tables: dict[str, Field] = {"probability": numbers, "aus": numbers, "labels": labels, "groups": names}
    single = {**dict.fromkeys(TEXT, names), **dict.fromkeys(NUMBERS, numbers)}
    if record["format"] != FORMAT:
        columns.setdefault("labels", {})
    check_fields(columns, {**single, **dict.fromkeys(tables, table())}, place)
    for key, column in tables.items():
        check_fields(columns[key], dict.fromkeys(columns[key], column), f"{place}: {key}")
    return record
