"""Copying the rows of people from one shard into another, where they get other row numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.writer import ShardWriter

Rows = tuple[str, Mapping[str, Any]]  # a table, and columns of rows of it

_REFERENCES = ("identity_row", "expression_row")
_OF_NOBODY = ("topology", "failures")


class People:
    """The people of a shard and their rows."""

    def __init__(self, shard: Shard) -> None:
        self.shard = shard
        seeds, identities = (shard.read("identities", name).tolist() for name in ("seed", "identity"))
        self.keys: list[tuple[int, int]] = list(zip(seeds, identities, strict=True))
        self._owners: dict[str, np.ndarray] = {}

    def span(self, table: str, person: int) -> slice:
        """The rows of a person: one, or those that refer to them, which stand together."""
        if not any(column.name == "identity_row" for column in TABLES[table].columns):
            return slice(person, person + 1)
        if table not in self._owners:
            self._owners[table] = self.shard.read(table, "identity_row")
        return slice(*np.searchsorted(self._owners[table], (person, person + 1)).tolist())

    def rows(self, table: str, person: int) -> Rows:
        """The rows of a person in a table, references counted from the person's own first row."""
        span = self.span(table, person)
        return self.own(person, (table, self.shard.read_rows(table, span)))

    def own(self, person: int, rows: Rows) -> Rows:
        """Rows that refer to this shard, references counted from the person's own first row."""
        table, columns = rows
        expression = self.span("expressions", person).start if "expression_row" in columns else 0
        return table, _moved(columns, -person, -expression)


class PeopleAppender:
    """Appends people to a shard, one after the other, and rebases the references in their rows."""

    def __init__(self, out: ShardWriter) -> None:
        self._out = out
        self._people = self._expressions = 0  # appended so far

    def append(self, rows: Iterable[Rows], expressions: int) -> None:
        """A person with so many expressions. References in `rows` count from the person's own first row."""
        for table, columns in rows:
            self._out.append(table, _moved(columns, self._people, self._expressions))
        self._people += 1
        self._expressions += expressions


class Carrier:
    """Copies chosen people of one shard, in order, into another."""

    def __init__(self, people: People, out: ShardWriter) -> None:
        self.kept: list[int] = []  # rows of identities in the source
        self._people, self._out = people, out
        self._appender = PeopleAppender(out)

    def keep(self, person: int, rows: Iterable[Rows]) -> None:
        """A person, and rows of theirs whose references count from their own first."""
        expressions = 0
        if self._people.shard.rows("expressions"):
            span = self._people.span("expressions", person)
            expressions = span.stop - span.start
        self._appender.append(rows, expressions)
        self.kept.append(person)

    def copy(self, tables: Sequence[str]) -> None:
        """Tables of the shard, for those kept."""
        shard, everybody = self._people.shard, len(self.kept) == len(self._people.keys)
        for table in tables:
            if everybody or table in _OF_NOBODY:
                self._out.copy(shard, table)
                continue
            again = Carrier(self._people, self._out)
            for person in self.kept:
                again.keep(person, [self._people.rows(table, person)])


def _moved(columns: Mapping[str, Any], identity: int, expression: int) -> dict[str, Any]:
    """Columns with the references moved on."""
    by = dict(zip(_REFERENCES, (identity, expression), strict=True))
    return {name: np.asarray(values) + by[name] if name in by else values for name, values in columns.items()}
