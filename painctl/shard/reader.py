"""Reading shards: every byte and every column is checked before anything is allocated."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from painctl.shard.layout import empty_rows, fits_shape, has_values, row_dtype
from painctl.shard.schema import BYTES, FORMAT_VERSION, TABLES, Column
from painctl.shard.seal import ShardError, check


class Shard:
    """An open shard, whose columns are read on request, whole or by rows. Use it as a context manager.

    Attributes: `path`; `content`, a sha256 of everything in it; `attributes`, the root attributes with JSON decoded.
    """

    def __init__(self, path: Path) -> None:
        """Raises ShardError if the file is damaged, unfinished, of another version, or does not fit the schema."""
        self.path = path
        self.content = check(path)
        self._offsets: dict[tuple[str, str], np.ndarray] = {}  # read once: pictures are read one at a time
        try:
            self._h5 = h5py.File(path, "r")
        except OSError as error:
            raise ShardError(f"{path}: not readable as HDF5 ({error})") from None
        try:
            self.attributes = {name: _attribute(value) for name, value in self._h5.attrs.items()}
            self._check_version()
            self._rows = {name: self._check_table(name) for name in self._h5}
        except ShardError:
            self._h5.close()
            raise
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
        return tuple(c for c in TABLES[table].columns if not c.optional or c.name in self._h5[table])

    def column_rows(self, table: str, column: str) -> int:
        """Number of rows of a column; in topology, columns differ in length."""
        return self._h5[table][column].shape[0]

    def extent(self, table: str, column: str, axis: int) -> int:
        """Extent of a column's rows along one of their axes."""
        return self._h5[table][column].shape[1 + axis]

    def read(self, table: str, column: str, rows: slice | int = slice(None)) -> Any:
        """Rows of a column: an array, a list of str, or a list of bytes; for an int, that one row.

        A missing optional column reads as empty: 0, empty text, no bytes.
        """
        if isinstance(rows, int):
            return self.read(table, column, slice(rows, rows + 1))[0]
        schema = TABLES[table].column(column)
        if schema.optional and column not in self._h5[table]:
            return empty_rows(schema, len(range(*rows.indices(self.rows(table)))))
        try:
            if schema.dtype == BYTES:
                return self._read_bytes(table, column, rows)
            values = self._h5[table][column][rows]
            return [v.decode() for v in values] if schema.dtype.startswith("utf8") else values
        except (OSError, RuntimeError, UnicodeDecodeError) as error:
            raise ShardError(f"{self.path}: {table}/{column} cannot be read ({_line(error)})") from None

    def row(self, table: str, row: int) -> dict[str, Any]:
        """All columns of one row, by name."""
        return {column.name: self.read(table, column.name, row) for column in self.columns(table)}

    def read_rows(self, table: str, rows: slice) -> dict[str, Any]:
        """All columns of some rows, by name, except optional ones that are empty in these rows."""
        columns = {column.name: self.read(table, column.name, rows) for column in self.columns(table)}
        optional = {column.name for column in self.columns(table) if column.optional}
        return {name: values for name, values in columns.items() if name not in optional or has_values(values)}

    def _read_bytes(self, table: str, column: str, rows: slice) -> list[bytes]:
        if (table, column) not in self._offsets:
            self._offsets[table, column] = self._h5[table][f"{column}_offsets"][:]
        start, stop, _ = rows.indices(self.rows(table))
        offsets = self._offsets[table, column][start : max(start, stop) + 1]
        flat = self._h5[table][column][offsets[0] : offsets[-1]].tobytes()
        return [flat[a - offsets[0] : b - offsets[0]] for a, b in pairwise(offsets)]

    def _check_version(self) -> None:
        version = self.attributes.get("format_version")
        if not isinstance(version, int):
            raise ShardError(f"{self.path}: no format_version: not made by painctl")
        if version > FORMAT_VERSION:
            raise ShardError(
                f"{self.path}: format {version} is newer than this painctl reads ({FORMAT_VERSION}); update painctl"
            )
        if version < FORMAT_VERSION:
            raise ShardError(
                f"{self.path}: format {version} is older than this painctl reads ({FORMAT_VERSION}); "
                "make the shard again"
            )
        history = self.attributes.get("history")
        if not isinstance(history, list) or not all(isinstance(step, dict) and "stage" in step for step in history):
            raise ShardError(f"{self.path}: no history: not made by painctl")

    def _check_table(self, name: str) -> int:
        is_stored = isinstance(self._h5.get(name, getlink=True), h5py.HardLink)
        if name not in TABLES or not is_stored or not isinstance(self._h5[name], h5py.Group):
            raise ShardError(f"{self.path}: unknown table {name}")
        counts = {self._check_column(name, column) for column in self.columns(name)}
        if len(counts) > 1 and name != "topology":
            raise ShardError(f"{self.path}: columns of {name} differ in length")
        return max(counts)

    def _check_column(self, table: str, column: Column) -> int:
        where = f"{self.path}: {table}/{column.name}"
        dataset = self._stored(f"{table}/{column.name}")
        if column.dtype == BYTES:
            offsets = self._stored(f"{table}/{column.name}_offsets")
            ends = offsets[:] if offsets.ndim == 1 and offsets.dtype == np.int64 else np.empty(0)
            is_valid = len(ends) and ends[0] == 0 and ends[-1] == dataset.size and (np.diff(ends) >= 0).all()
            if dataset.dtype != np.uint8 or dataset.ndim != 1 or not is_valid:
                raise ShardError(f"{where}: offsets do not match the bytes")
            return len(ends) - 1
        if dataset.dtype != row_dtype(column) or dataset.ndim == 0 or not fits_shape(column, dataset.shape[1:]):
            raise ShardError(
                f"{where}: {dataset.dtype}{list(dataset.shape)}, expected {column.dtype}{list(column.shape)} per row"
            )
        return dataset.shape[0]

    def _stored(self, name: str) -> h5py.Dataset:
        """A dataset that is stored in full, so that a small file cannot declare terabytes."""
        # a link could point out of the file
        is_stored = isinstance(self._h5.get(name, getlink=True), h5py.HardLink)
        dataset = self._h5[name] if is_stored else None
        if not isinstance(dataset, h5py.Dataset):
            raise ShardError(f"{self.path}: no column {name}")
        size = int(np.prod(dataset.shape, dtype=object)) * dataset.dtype.itemsize
        if dataset.chunks or dataset.external or dataset.is_virtual or dataset.id.get_storage_size() != size:
            raise ShardError(f"{self.path}: {name} is not stored like a column of a shard")
        return dataset


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _attribute(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value.item() if isinstance(value, np.generic) else value
