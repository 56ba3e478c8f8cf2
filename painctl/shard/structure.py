"""Whether the HDF5 inside a shard is exactly the tables and columns of the schema, stored where its seal says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

from painctl.files.names import printable
from painctl.shard.layout import fits_shape, row_dtype
from painctl.shard.schema import BYTES, TABLES, Column
from painctl.shard.seal import ShardError

_FEW = 100  # entries that are listed to name one of them


@dataclass(frozen=True, eq=False)
class Structure:
    """The HDF5 of a shard, checked before any column is read, so that a small file cannot declare terabytes."""

    path: Path
    h5: h5py.File
    sealed: Mapping[str, tuple[int, int]]  # first byte of each column, and the byte after its last
    _extents: dict[str, int] = field(default_factory=dict)  # by symbol

    def check(self) -> dict[str, int]:
        """The number of rows of each table.

        Raises ShardError that names a table or column that is missing, unknown, or not stored as the schema and the
        seal say.
        """
        if len(self.h5) > len(TABLES):
            raise ShardError(f"{self.path}: {len(self.h5):,} tables; a shard has at most {len(TABLES)}")
        return {name: self._table(name) for name in map(_text, self.h5)}

    def _table(self, name: str) -> int:
        group = self.h5[name] if name in TABLES and self._is_stored(name) else None
        if not isinstance(group, h5py.Group):
            raise ShardError(f"{self.path}: unknown table {printable(name)}")
        self._reject_attributes(name, group)
        columns = [column for column in TABLES[name].columns if not column.optional or column.name in group]
        counts = {self._column(name, column) for column in columns}
        if len(counts) > 1 and name != "topology":
            raise ShardError(f"{self.path}: columns of {name} differ in length")
        expected = {stored for column in columns for stored in _stored_names(column)}
        if len(group) > len(expected):
            is_long = len(group) > len(expected) + _FEW
            extra = f"{len(group):,} entries" if is_long else min(set(map(_text, group)) - expected)
            raise ShardError(f"{self.path}: unknown column {name}/{printable(extra)}")
        return max(counts)

    def _column(self, table: str, column: Column) -> int:
        where = f"{self.path}: {table}/{column.name}"
        dataset = self._dataset(f"{table}/{column.name}")
        if column.dtype == BYTES:
            offsets = self._dataset(f"{table}/{column.name}_offsets")
            ends = offsets[:] if offsets.ndim == 1 and offsets.dtype == np.int64 else np.empty(0)
            is_valid = len(ends) and ends[0] == 0 and ends[-1] == dataset.size and (np.diff(ends) >= 0).all()
            if dataset.dtype != np.uint8 or dataset.ndim != 1 or not is_valid:
                raise ShardError(f"{where}: offsets do not match the bytes")
            return len(ends) - 1
        if dataset.dtype != row_dtype(column) or dataset.ndim == 0 or not fits_shape(column, dataset.shape[1:]):
            raise ShardError(
                f"{where}: {dataset.dtype}{list(dataset.shape)}, expected {column.dtype}{list(column.shape)} per row"
            )
        rows, *extents = dataset.shape
        for symbol, extent in zip(column.shape, extents, strict=True):
            expected = self._extents.setdefault(symbol, extent) if isinstance(symbol, str) and rows else extent
            if extent != expected or (rows and not extent):
                raise ShardError(f"{where}: {symbol} is {extent}, expected {expected or 'at least 1'}")
        return rows

    def _dataset(self, name: str) -> h5py.Dataset:
        """A dataset that is stored in full, in the bytes that the seal has under its name."""
        dataset = self.h5[name] if self._is_stored(name) else None
        if not isinstance(dataset, h5py.Dataset):
            raise ShardError(f"{self.path}: no column {name}")
        self._reject_attributes(name, dataset)
        size = int(np.prod(dataset.shape, dtype=object)) * dataset.dtype.itemsize
        if dataset.chunks or dataset.external or dataset.is_virtual or dataset.id.get_storage_size() != size:
            raise ShardError(f"{self.path}: {name} is not stored like a column of a shard")
        start = dataset.id.get_offset()
        if size and (start is None or self.sealed.get(name) != (start, start + size)):
            raise ShardError(f"{self.path}: {name} is not stored where the seal says; make or copy the file again")
        return dataset

    def _is_stored(self, name: str) -> bool:
        """Whether a name is in the file itself: a link could point out of it."""
        return isinstance(self.h5.get(name, getlink=True), h5py.HardLink)

    def _reject_attributes(self, name: str, stored: h5py.Group | h5py.Dataset) -> None:
        if h5py.h5a.get_num_attrs(stored.id):
            raise ShardError(f"{self.path}: {name} has attributes; tables and columns of a shard have none")


def _text(name: str | bytes) -> str:
    """A name in HDF5 as text; h5py has those that are not UTF-8 as bytes."""
    return name if isinstance(name, str) else os.fsdecode(name)


def _stored_names(column: Column) -> tuple[str, ...]:
    return (column.name, f"{column.name}_offsets") if column.dtype == BYTES else (column.name,)
