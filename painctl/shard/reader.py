"""Reading shards: every byte and every column is checked before anything is allocated."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from painctl.shard.attributes import read_attributes, read_number
from painctl.shard.layout import empty_rows, has_values
from painctl.shard.schema import BYTES, FORMAT_VERSION, OLDEST_FORMAT, TABLES, Column
from painctl.shard.seal import OPEN_ELSEWHERE, ShardError, check
from painctl.shard.structure import Structure
from painctl.shard.values import check_values


class Shard:
    """An open shard, whose columns are read on request, whole or by rows. Use it as a context manager.

    Attributes: `path`; `content`, a sha256 of everything in it; `attributes`, the root attributes with JSON decoded.
    """

    def __init__(self, path: Path) -> None:
        """Raises ShardError if the file is damaged, unfinished, of another version, or does not fit the schema."""
        self.path = path
        seal = check(path)
        self.content = seal.content
        # opened and read once, since rows are read one at a time
        self._datasets: dict[tuple[str, str], h5py.Dataset] = {}
        self._offsets: dict[tuple[str, str], np.ndarray] = {}
        self._h5 = _opened(path)
        try:
            self._check_version()
            self.attributes = read_attributes(self._h5)
            self._rows = Structure(path, self._h5, seal.columns).check()
        except ShardError:
            self._h5.close()
            raise
        except ValueError as error:
            self._h5.close()
            raise ShardError(f"{path}: {_line(error)}") from None
        except Exception as error:  # HDF5 raises many types for an invalid structure
            self._h5.close()
            raise ShardError(f"{path}: its HDF5 structure is not that of a shard ({_line(error)})") from None
        except BaseException:
            self._h5.close()
            raise

    def __enter__(self) -> Shard:
        return self

    def __exit__(self, *_: object) -> None:
        self._h5.close()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of this shard, in the order of the schema."""
        return tuple(name for name in TABLES if name in self._rows)

    @property
    def history(self) -> list[dict[str, Any]]:
        """The steps that made it, oldest first: stage, version and the options that affect the output."""
        return self.attributes["history"]

    def require(self, *tables: str) -> None:
        """Raises ShardError that names the first missing table and the command that makes it."""
        for name in tables:
            if name in self._rows:
                continue
            command = f"`painctl {TABLES[name].made_by}`"
            if "split" in self._rows:
                raise ShardError(f"{self.path}: a packed dataset has no {name}; give the shard written by {command}")
            raise ShardError(f"{self.path}: no {name}; run {command} on it first")

    def rows(self, table: str) -> int:
        """Number of rows of a table; 0 if it is missing."""
        return self._rows.get(table, 0)

    def columns(self, table: str) -> tuple[Column, ...]:
        """The columns of a table in this shard: all but missing optional ones."""
        return tuple(c for c in TABLES[table].columns if not c.optional or self._has(table, c.name))

    def column_rows(self, table: str, column: str) -> int:
        """Number of rows of a column; in topology, columns differ in length."""
        return self._dataset(table, column).shape[0]

    def row_bytes(self, table: str, column: str) -> int:
        """Bytes of a row of a column that is not encoded."""
        dataset = self._dataset(table, column)
        return int(np.prod(dataset.shape[1:])) * dataset.dtype.itemsize

    def extent(self, table: str, column: str, axis: int) -> int:
        """Extent of a column's rows along one of their axes."""
        return self._dataset(table, column).shape[1 + axis]

    def read(self, table: str, column: str, rows: slice | int = slice(None)) -> Any:
        """Rows of a column: an array, a list of str, or a list of bytes; for an int, that one row.

        A missing optional column reads as empty: 0, empty text, no bytes, extent 0 along a symbol. Raises ShardError
        that names the row of a value that the schema does not allow, and for a table or column that is not there.
        """
        if isinstance(rows, int):
            return self.read(table, column, slice(rows, rows + 1))[0]
        schema = self._schema(table, column)
        if schema.optional and not self._has(table, column):
            return empty_rows(schema, len(range(*rows.indices(self.rows(table)))))
        try:
            if schema.dtype == BYTES:
                return self._read_bytes(table, column, rows)
            values = self._dataset(table, column)[rows]
            values = [v.decode() for v in values] if schema.dtype.startswith("utf8") else values
        except (OSError, RuntimeError, UnicodeDecodeError) as error:
            raise ShardError(f"{self.path}: {table}/{column} cannot be read ({_line(error)})") from None
        try:
            check_values(schema, values, rows.indices(self.column_rows(table, column))[0])
        except ValueError as error:
            raise ShardError(f"{self.path}: {table}/{error}") from None
        return values

    def row(self, table: str, row: int) -> dict[str, Any]:
        """All columns of one row, by name."""
        return {column.name: self.read(table, column.name, row) for column in self.columns(table)}

    def read_rows(self, table: str, rows: slice) -> dict[str, Any]:
        """All columns of some rows, by name, except optional ones that are empty in these rows."""
        columns = {column.name: self.read(table, column.name, rows) for column in self.columns(table)}
        optional = {column.name for column in self.columns(table) if column.optional}
        return {name: values for name, values in columns.items() if name not in optional or has_values(values)}

    def _schema(self, table: str, column: str) -> Column:
        if table not in self._rows:
            raise ShardError(f"{self.path}: no table {table}; its tables are {', '.join(self.tables)}")
        names = [each.name for each in TABLES[table].columns]
        if column not in names:
            raise ShardError(f"{self.path}: no column {column} in {table}; its columns are {', '.join(names)}")
        return TABLES[table].column(column)

    def _has(self, table: str, column: str) -> bool:
        return (table, column) in self._datasets or column in self._h5[table]

    def _dataset(self, table: str, name: str) -> h5py.Dataset:
        if (table, name) not in self._datasets:
            self._datasets[table, name] = self._h5[table][name]
        return self._datasets[table, name]

    def _read_bytes(self, table: str, column: str, rows: slice) -> list[bytes]:
        if (table, column) not in self._offsets:
            self._offsets[table, column] = self._dataset(table, f"{column}_offsets")[:]
        start, stop, _ = rows.indices(self.rows(table))
        offsets = self._offsets[table, column][start : max(start, stop) + 1]
        flat = self._dataset(table, column)[offsets[0] : offsets[-1]].tobytes()
        return [flat[a - offsets[0] : b - offsets[0]] for a, b in pairwise(offsets)]

    def _check_version(self) -> None:
        version = read_number(self._h5, "format_version")
        if version is None:
            raise ValueError("no format_version: not made by painctl")
        if version > FORMAT_VERSION:
            raise ValueError(f"format {version} is newer than this painctl reads ({FORMAT_VERSION}); update painctl")
        if version < OLDEST_FORMAT:
            raise ValueError(
                f"format {version} is older than this painctl reads ({OLDEST_FORMAT} and later); make the shard again"
            )


def _opened(path: Path) -> h5py.File:
    try:
        return h5py.File(os.fsencode(path), "r")  # bytes: a name need not be UTF-8
    except BlockingIOError:
        raise ShardError(f"{path}: {OPEN_ELSEWHERE}") from None
    except OSError as error:
        raise ShardError(f"{path}: not readable as HDF5 ({_line(error)})") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
