"""Reading a shard: every byte and every column is checked before anything is allocated."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from painctl.shard.layout import nothing, row_dtype, row_shape, says_something
from painctl.shard.schema import BYTES, FORMAT_VERSION, TABLES, Column
from painctl.shard.seal import ShardError, check


class Shard:
    """An open shard. Columns are read when asked for, whole or by rows.

    Attributes: `path`; `content`, a sha256 that stands for all of it; `attributes`, the root attributes with JSON
    decoded. Use it as a context manager.
    """

    def __init__(self, path: Path) -> None:
        """Raises ShardError if the file is damaged, unfinished, of a newer format, or not laid out by the schema."""
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
        except Exception as error:  # HDF5 has many words for a structure that makes no sense
            self._h5.close()
            raise ShardError(f"{path}: not laid out as painctl lays a shard out ({_line(error)})") from None
        except BaseException:
            self._h5.close()
            raise

    def __enter__(self) -> Shard:
        return self

    def __exit__(self, *_: object) -> None:
        self._h5.close()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that this shard holds, in the order of the schema."""
        return tuple(name for name in TABLES if name in self._rows)

    @property
    def history(self) -> list[dict[str, Any]]:
        """The steps that made it, oldest first: stage, version and the options that shape the output."""
        return self.attributes["history"]

    def require(self, *tables: str) -> None:
        """Raises ShardError that names the first table this shard lacks and the command that makes it."""
        for name in tables:
            if name in self._rows:
                continue
            maker = f"`painctl {_MADE_BY[name]}`"
            if "split" in self._rows:
                raise ShardError(f"{self.path}: a packed dataset, without {name}; give the shard that {maker} wrote")
            raise ShardError(f"{self.path}: no {name}; run {maker} on it first")

    def rows(self, table: str) -> int:
        """Number of rows of a table; 0 if the shard does not have it."""
        return self._rows.get(table, 0)

    def columns(self, table: str) -> tuple[Column, ...]:
        """The columns of a table that this shard holds: all but optional ones that are not there."""
        return tuple(c for c in TABLES[table].columns if not c.optional or c.name in self._h5[table])

    def column_rows(self, table: str, column: str) -> int:
        """Number of rows of a column, which in the topology is not that of the others."""
        return self._h5[table][column].shape[0]

    def extent(self, table: str, column: str, axis: int) -> int:
        """Extent of a column's rows along one of their axes."""
        return self._h5[table][column].shape[1 + axis]

    def read(self, table: str, column: str, rows: slice | int = slice(None)) -> Any:
        """Rows of a column: an array, a list of str, or a list of bytes; for an int, that one row.

        An optional column that is not there says nothing: 0, no text, no bytes.
        """
        if isinstance(rows, int):
            return self.read(table, column, slice(rows, rows + 1))[0]
        schema = TABLES[table].column(column)
        if schema.optional and column not in self._h5[table]:
            return nothing(schema, len(range(*rows.indices(self.rows(table)))))
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
        """All columns of some rows, by name, but for optional ones that say nothing of them."""
        found = {column.name: self.read(table, column.name, rows) for column in self.columns(table)}
        optional = {column.name for column in self.columns(table) if column.optional}
        return {name: values for name, values in found.items() if name not in optional or says_something(values)}

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
            raise ShardError(f"{self.path}: no format_version; it was not made by painctl")
        if version > FORMAT_VERSION:
            raise ShardError(f"{self.path}: format {version}, newer than this painctl reads ({FORMAT_VERSION}); update")
        if version < FORMAT_VERSION:
            raise ShardError(
                f"{self.path}: format {version}, older than this painctl reads ({FORMAT_VERSION}); make it again"
            )
        history = self.attributes.get("history")
        if not isinstance(history, list) or not all(isinstance(step, dict) and "stage" in step for step in history):
            raise ShardError(f"{self.path}: no history; it was not made by painctl")

    def _check_table(self, name: str) -> int:
        here = isinstance(self._h5.get(name, getlink=True), h5py.HardLink)
        if name not in TABLES or not here or not isinstance(self._h5[name], h5py.Group):
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
            whole = len(ends) and ends[0] == 0 and ends[-1] == dataset.size and (np.diff(ends) >= 0).all()
            if dataset.dtype != np.uint8 or dataset.ndim != 1 or not whole:
                raise ShardError(f"{where}: its offsets do not fit its bytes")
            return len(ends) - 1
        if dataset.dtype != row_dtype(column) or dataset.ndim == 0 or not row_shape(column, dataset.shape[1:]):
            raise ShardError(
                f"{where}: {dataset.dtype}{list(dataset.shape)}, expected {column.dtype}{list(column.shape)} a row"
            )
        return dataset.shape[0]

    def _stored(self, name: str) -> h5py.Dataset:
        """A dataset whose declared size is what the file holds: a small file cannot claim terabytes."""
        # a link could lead out of the file
        here = isinstance(self._h5.get(name, getlink=True), h5py.HardLink)
        dataset = self._h5[name] if here else None
        if not isinstance(dataset, h5py.Dataset):
            raise ShardError(f"{self.path}: no column {name}")
        size = int(np.prod(dataset.shape, dtype=object)) * dataset.dtype.itemsize
        if dataset.chunks or dataset.external or dataset.is_virtual or dataset.id.get_storage_size() != size:
            raise ShardError(f"{self.path}: {name} is not stored as a painctl shard stores it")
        return dataset


_MADE_BY = {
    "identities": "sample-ids",
    "topology": "sample-ids",
    "meshes": "sample-ids",
    "depth": "render-depth",
    "portraits": "synth-neutral",
    "textures": "texture",
    "expressions": "rig",
    "frames": "render-views",
    "split": "pack",
}


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _attribute(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value.item() if isinstance(value, np.generic) else value
