"""Copy people from one shard to another, and renumber the references between their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.writer import ShardWriter

Rows = tuple[str, Mapping[str, Any]]  # a table, and columns of rows of it

_REFERENCES = ("identity_row", "expression_row")
_COPIED_WHOLE = ("topology", "failures")  # have no rows per person


class People:
    """The people of a shard and their rows."""

    def __init__(self, shard: Shard) -> None:
        self.shard = shard
        seeds, identities = (shard.read("identities", name).tolist() for name in ("seed", "identity"))
        self.keys: list[tuple[int, int]] = list(zip(seeds, identities, strict=True))
        self._owners: dict[str, np.ndarray] = {}

    def span(self, table: str, person: int) -> slice:
        """The rows of a person: a single one, or the consecutive rows that refer to the person."""
        if not any(column.name == "identity_row" for column in TABLES[table].columns):
            return slice(person, person + 1)
        if table not in self._owners:
            self._owners[table] = self.shard.read(table, "identity_row")
        return slice(*np.searchsorted(self._owners[table], (person, person + 1)).tolist())

    def rows(self, table: str, person: int) -> Rows:
        """The rows of a person in a table, with references relative to the person's first row."""
        span = self.span(table, person)
        return self.relative(person, (table, self.shard.read_rows(table, span)))

    def relative(self, person: int, rows: Rows) -> Rows:
        """Make the references in a person's rows, which refer to this shard, relative to the person's first row."""
        table, columns = rows
        expression = self.span("expressions", person).start if "expression_row" in columns else 0
        return table, _shifted(columns, -person, -expression)


class PeopleAppender:
    """Appends people to a shard and makes the relative references in their rows refer to it."""

    def __init__(self, out: ShardWriter) -> None:
        self._out = out
        self._people = self._expressions = 0  # appended so far

    def append(self, rows: Iterable[Rows], expressions: int) -> None:
        """Append a person with this many expressions. References in `rows` are relative to the person's first row."""
        for table, columns in rows:
            self._out.append(table, _shifted(columns, self._people, self._expressions))
        self._people += 1
        self._expressions += expressions


class PeopleCopier:
    """Copies selected people of a shard, in order, to another shard."""

    def __init__(self, people: People, out: ShardWriter) -> None:
        self.kept: list[int] = []  # rows of identities in the source
        self._people, self._out = people, out
        self._appender = PeopleAppender(out)

    def keep(self, person: int, rows: Iterable[Rows]) -> None:
        """Select a person, and append rows whose references are relative to the person's first row."""
        expressions = 0
        if self._people.shard.rows("expressions"):
            span = self._people.span("expressions", person)
            expressions = span.stop - span.start
        self._appender.append(rows, expressions)
        self.kept.append(person)

    def copy(self, tables: Sequence[str]) -> None:
        """Copy tables of the shard for the selected people."""
        shard, is_complete = self._people.shard, len(self.kept) == len(self._people.keys)
        for table in tables:
            if is_complete or table in _COPIED_WHOLE:
                self._out.copy(shard, table)
                continue
            copier = PeopleCopier(self._people, self._out)
            for person in self.kept:
                copier.keep(person, [self._people.rows(table, person)])


def _shifted(columns: Mapping[str, Any], identity: int, expression: int) -> dict[str, Any]:
    """Columns with `identity` added to references to people and `expression` to those to expressions."""
    shifts = dict(zip(_REFERENCES, (identity, expression), strict=True))
    return {name: np.asarray(values) + shifts[name] if name in shifts else values for name, values in columns.items()}
