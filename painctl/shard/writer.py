"""Writing shards: complete or absent, in memory that does not grow with the number of rows."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import h5py
import numpy as np

from painctl.files.scratch import atomic_writer, with_filename
from painctl.files.signals import defer_signals
from painctl.files.targets import output_file
from painctl.shard.layout import empty_rows, fits_shape, has_values, row_dtype, storage
from painctl.shard.reader import Shard
from painctl.shard.schema import BYTES, FORMAT_VERSION, TABLES, Column
from painctl.shard.seal import seal

_IN_MEMORY = 1 << 20  # bytes of a column before it moves to disk
_CHUNK = 8 << 20  # bytes copied from a spool at once


class ShardWriter:
    """Collects rows column by column and writes the file when the `with` block ends without an error.

    Columns are spooled to unnamed temporary files beside the target, since their lengths are not known before the
    last row. Then the file is written at once, each column contiguous, in the order of the schema: the same rows give
    the same bytes, whatever the sizes of the appends. It is written beside the target, sealed, synced and renamed.
    """

    def __init__(self, path: Path, attributes: Mapping[str, Any]) -> None:
        """`attributes` become root attributes; values other than strings and numbers are stored as JSON.

        Raises as `output_file`.
        """
        self.path = output_file(path)
        self.attributes = {"format_version": FORMAT_VERSION, **attributes}
        self._spools: dict[tuple[str, str], IO[bytes]] = {}
        self._ends: dict[tuple[str, str], list[int]] = {}
        self._rows: dict[str, int] = {}
        self._extents: dict[tuple[str, str], int] = {}
        self._files = contextlib.ExitStack()

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        with self._files:
            if error_type is None:
                self._publish()

    def append(self, table: str, columns: Mapping[str, Any]) -> None:
        """Add rows to a table: every column of the schema, first axis the rows; encoded columns as lists of bytes.

        An optional column may be left out, and is written only if it is not empty in some row. Raises ValueError that
        names a column that is missing, unknown, or has another shape than in the schema.
        """
        schema = TABLES[table]
        needed = {column.name for column in schema.columns if not column.optional}
        allowed = {column.name for column in schema.columns}
        if wrong := (needed - set(columns)) | (set(columns) - allowed):
            raise ValueError(f"{table}: columns {sorted(wrong)} are missing or unknown")
        try:
            counts = {self._append(table, c, columns[c.name]) for c in schema.columns if not c.optional}
            counts |= self._append_optional(table, columns, max(counts))
        except OSError as error:
            raise with_filename(error, self.path) from None
        if len(counts) > 1 and table != "topology":
            raise ValueError(f"{table}: its columns have different numbers of rows")
        self._rows[table] = self._rows.get(table, 0) + max(counts)

    def copy(self, shard: Shard, table: str, rows: slice = slice(None)) -> None:
        """Copy rows of another shard's table unchanged."""
        names = [column.name for column in shard.columns(table)]
        if table == "topology":
            self.append(table, {name: shard.read(table, name) for name in names})
            return
        start, stop, _ = rows.indices(shard.rows(table))
        for row in range(start, stop):  # one at a time: memory stays flat
            self.append(table, {name: shard.read(table, name, slice(row, row + 1)) for name in names})

    def _append_optional(self, table: str, columns: Mapping[str, Any], count: int) -> set[int]:
        """Append optional columns of `count` rows; a column that appears late gets empty rows for those before."""
        counts = set()
        for column in TABLES[table].columns:
            values = columns.get(column.name, [])
            is_spooled = (table, column.name) in self._spools
            if not column.optional or not (is_spooled or has_values(values)):
                continue
            shape = self._row_shape(table, column) if is_spooled else np.shape(values[0])
            if not is_spooled:
                self._append(table, column, empty_rows(column, self.rows(table), shape))
            counts.add(self._append(table, column, values if len(values) else empty_rows(column, count, shape)))
        return counts

    def rows(self, table: str) -> int:
        """Rows appended so far."""
        return self._rows.get(table, 0)

    def _append(self, table: str, column: Column, values: Any) -> int:
        key = (table, column.name)
        if key not in self._spools:
            spool = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(self.path.parent))  # noqa: SIM115
            self._spools[key] = self._files.enter_context(spool)
        if column.dtype == BYTES:
            return self._append_bytes(key, values)
        array = _as_rows(table, column, values)
        for symbol, extent in zip(column.shape, array.shape[1:], strict=True):
            if isinstance(symbol, str):
                earlier = self._extents.setdefault((table, symbol), extent)
                if earlier != extent:
                    raise ValueError(f"{table}/{column.name}: {symbol} is {extent}, but was {earlier} in earlier rows")
        self._spools[key].write(array.tobytes())
        self._ends.setdefault(key, [0])[0] += len(array)
        return len(array)

    def _append_bytes(self, key: tuple[str, str], values: Sequence[bytes]) -> int:
        ends = self._ends.setdefault(key, [0])
        for value in values:
            self._spools[key].write(value)
            ends.append(ends[-1] + len(value))
        return len(values)

    def _publish(self) -> None:
        with atomic_writer(self.path) as file:
            with defer_signals() as handle_signals, h5py.File(file, "w") as h5:
                columns = self._lay_out(h5, handle_signals)
            seal(file, columns)

    def _lay_out(self, h5: h5py.File, handle_signals: Callable[[], None]) -> list[tuple[str, int, int]]:
        for name, value in sorted(self.attributes.items()):
            h5.attrs[name] = (
                value if isinstance(value, str | int | float) else json.dumps(value, sort_keys=True, allow_nan=False)
            )
        placed = []
        for table in TABLES.values():
            for column in table.columns:
                key = (table.name, column.name)
                if key not in self._spools:
                    continue
                for name, dtype, shape in storage(column, self._shape(table.name, column)):
                    dataset = h5.create_dataset(f"{table.name}/{name}", shape=shape, dtype=dtype, track_times=False)
                    if name == column.name:
                        _copy_spool(self._spools[key], dataset, handle_signals)
                    else:
                        dataset[...] = self._ends[key]
                    start = dataset.id.get_offset()
                    if start is not None:
                        placed.append((dataset.name.lstrip("/"), start, start + dataset.id.get_storage_size()))
        return placed

    def _shape(self, table: str, column: Column) -> tuple[int, ...]:
        key = (table, column.name)
        if column.dtype == BYTES:
            return (len(self._ends[key]) - 1, self._ends[key][-1])
        return (self._ends[key][0], *self._row_shape(table, column))

    def _row_shape(self, table: str, column: Column) -> tuple[int, ...]:
        """The shape of a column's rows; extents that no row has yet are 0."""
        return tuple(self._extents.get((table, s), 0) if isinstance(s, str) else s for s in column.shape)


def _as_rows(table: str, column: Column, values: Any) -> np.ndarray:
    if column.dtype.startswith("utf8"):
        encoded = [value.encode() for value in values]
        longest = max(map(len, encoded), default=0)
        if longest > row_dtype(column).itemsize:
            raise ValueError(f"{table}/{column.name}: text of {longest} bytes; at most {row_dtype(column).itemsize}")
        return np.array(encoded, dtype=row_dtype(column)).reshape(len(encoded))
    array = np.ascontiguousarray(values, dtype=row_dtype(column))
    if array.ndim != 1 + len(column.shape) or not fits_shape(column, array.shape[1:]):
        raise ValueError(f"{table}/{column.name}: rows of shape {array.shape[1:]}, not {column.shape}")
    return array


def _copy_spool(spool: IO[bytes], dataset: h5py.Dataset, handle_signals: Callable[[], None]) -> None:
    """Copy a column from its spool into its dataset, a few megabytes at a time, handling pending signals in between."""
    spool.seek(0)
    if dataset.size == 0:
        return
    width = dataset.dtype.itemsize * int(np.prod(dataset.shape[1:]))
    step = max(1, _CHUNK // width)
    for start in range(0, len(dataset), step):
        handle_signals()
        stop = min(start + step, len(dataset))
        chunk = np.frombuffer(spool.read((stop - start) * width), dtype=dataset.dtype)
        dataset[start:stop] = chunk.reshape(stop - start, *dataset.shape[1:])
