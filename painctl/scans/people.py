"""Whose head each mesh is: from a CSV beside the files, or from options for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from painctl.face.demographics import GROUPS
from painctl.files.text import numbered_rows

COLUMNS = ("file", "age", "gender", "ethnicity")
AGES = (18.0, 100.0)  # years: the open head's faces are adults
_ELDERLY = 60.0  # years, from which the World Health Organization speaks of older people


@dataclass(frozen=True)
class Person:
    """The person whose head a mesh is."""

    years: float
    gender: str
    ethnicity: str

    @property
    def age_group(self) -> str:
        """young or elderly, the groups of all heads; elderly from 60 years."""
        return "elderly" if self.years >= _ELDERLY else "young"


def read_people(meshes: Sequence[Path], table: Path | None, options: Mapping[str, str | None]) -> list[Person]:
    """The person of each mesh.

    `table` is a CSV file with the column `file` and any of age (years), gender and ethnicity; a file stands as it is
    named in `meshes`, or by its name without the folder, and other rows are ignored. `options` has the values of these
    columns for meshes without a row or with an empty cell. Raises OSError, or ValueError that names the mesh or the
    line and what is missing or invalid.
    """
    rows = _rows(table) if table else {}
    people = []
    for mesh in meshes:
        where, row = rows.get(str(mesh)) or rows.get(mesh.name) or ("", {})
        values = {name: row.get(name) or options.get(name) for name in COLUMNS[1:]}
        if missing := [name for name, value in values.items() if not value]:
            place = f"add the column or cell to {table}" if table else "or --people FILE.csv"
            raise ValueError(f"{mesh}: whose head is it? give --{missing[0]} for all meshes, {place}")
        people.append(_person({name: str(value) for name, value in values.items()}, where or str(mesh)))
    return people


def _rows(table: Path) -> dict[str, tuple[str, dict[str, str]]]:
    """The rows of a table by the file they are of, each with its place in the table."""
    rows: dict[str, tuple[str, dict[str, str]]] = {}
    for line, row in numbered_rows(table):
        if unknown := [name for name in row if name not in COLUMNS]:
            raise ValueError(f"{table}: unknown column {unknown[0]!r}; expected {', '.join(COLUMNS)}")
        if not row.get("file"):
            raise ValueError(f"{table}: line {line}: the column file is missing or empty")
        if row["file"] in rows:
            raise ValueError(f"{table}: line {line}: {row['file']} is there twice")
        rows[row["file"]] = f"{table}: line {line}", row
    return rows


def _person(values: Mapping[str, str], where: str) -> Person:
    try:
        years = float(values["age"])
    except ValueError:
        raise ValueError(f"{where}: age {values['age']!r} is not a number of years") from None
    if not AGES[0] <= years <= AGES[1]:
        raise ValueError(f"{where}: age {years:g}; expected {AGES[0]:g} to {AGES[1]:g} years")
    matched = {name: _label(name, values[name], where) for name in ("gender", "ethnicity")}
    return Person(years, **matched)


def _label(group: str, value: str, where: str) -> str:
    """The label of a group that equals a value but for its case."""
    labels = {label.lower(): label for label in GROUPS[group]}
    if value.lower() not in labels:
        raise ValueError(f"{where}: {group} {value!r}; expected one of {', '.join(GROUPS[group])}")
    return labels[value.lower()]
