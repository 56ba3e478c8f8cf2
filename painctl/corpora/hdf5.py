"""Datasets of HDF5 files that others wrote: stored in the file itself, and no larger than what the file holds.

A file of a few kilobytes can declare millions of rows: chunks that were never written read as fill values, and filters
expand without bound. Each is rejected by the metadata alone, before anything is allocated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from painctl.corpora.faults import reason
from painctl.files.names import printable
from painctl.files.reading import open_regular

_ROWS = 250_000  # five times the frames of UNBC-McMaster
_COLUMN = 1 << 26  # bytes of a column
_CHUNK = 1 << 28  # bytes of a chunk, which is read whole
_EXPANSION = 1100  # bytes that deflate can make of one; two filters in a row make more, of zeros only
_SMALL = 1 << 20  # bytes, for which the expansion does not matter
_TEXT = 256  # characters of a text
_HEAP_READ = 1 << 26  # bytes that a block of rows of text may take


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """An HDF5 file, open for reading. Raises ValueError that names it if it cannot be read as one."""
    name = printable(path)
    try:
        open_regular(path).close()  # a named pipe would block
        h5 = h5py.File(path, "r")
    except BlockingIOError:
        raise ValueError(f"{name}: another program has it open to write; close it there, or read a copy") from None
    except FileNotFoundError:
        raise ValueError(f"{name}: no such file") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name}: not readable as HDF5: {reason(error, path)}") from None
    with h5:
        yield h5


def has(h5: h5py.File, name: str) -> bool:
    """Whether the file itself holds something by that name: links could lead out of it."""
    return isinstance(h5.get(name, getlink=True), h5py.HardLink)


def dataset(h5: h5py.File, name: str) -> h5py.Dataset:
    """A dataset of rows, by its path. Raises ValueError that names it if the file does not hold all of it."""
    where = f"{_name(h5)}: {name}"
    group: Any = h5
    try:
        for part in name.split("/"):
            if not isinstance(group, h5py.Group) or not has(group, part):
                raise ValueError(f"{_name(h5)}: has no {name}")
            group = group[part]
        if not isinstance(group, h5py.Dataset) or group.external or group.is_virtual or not group.shape:
            raise ValueError(f"{where} is not stored in the file as an array of rows")
        _check_stored(group, where)
    except (KeyError, OSError, RuntimeError, TypeError) as error:  # what HDF5 says of damaged metadata
        raise ValueError(f"{where} cannot be read: {' '.join(str(error).split())[:120]}") from None
    return group


def numbers(h5: h5py.File, name: str, deep: bool = False) -> np.ndarray:
    """A column of numbers [N], with `deep` perhaps several for each row [N, K]. Raises ValueError as `dataset`."""
    stored = dataset(h5, name)
    if stored.dtype.kind not in "biuf":
        raise ValueError(f"{_name(h5)}: {name} is {stored.dtype}, expected numbers")
    if stored.ndim > (2 if deep else 1) or math.prod(stored.shape[1:]) > 64:
        raise ValueError(f"{_name(h5)}: {name} is {list(stored.shape)}, expected one value per row")
    return _read(stored, slice(None), name)


def integers(h5: h5py.File, name: str) -> np.ndarray:
    """A column of whole numbers, int64 [N]. Raises ValueError as `numbers`."""
    values = numbers(h5, name)
    wrong = ~((values >= -(2**53)) & (values <= 2**53) & (np.floor(values) == values))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(f"{_name(h5)}: {name} is {values[row]} in row {row}, not a whole number")
    return values.astype(np.int64)


def texts(h5: h5py.File, name: str) -> list[str]:
    """A column of short texts or whole numbers, as printable texts. Raises ValueError as `dataset`."""
    stored = dataset(h5, name)
    if stored.ndim != 1:
        raise ValueError(f"{_name(h5)}: {name} is {list(stored.shape)}, expected one value per row")
    if stored.dtype.kind in "iu":
        return [str(value) for value in _read(stored, slice(None), name).tolist()]
    if not h5py.check_string_dtype(stored.dtype):
        raise ValueError(f"{_name(h5)}: {name} is {stored.dtype}, expected texts or numbers")
    # every row may refer to the same large text, so the blocks are small if the file is large
    block = 4096
    if stored.dtype.kind == "O":
        block = min(block, max(1, _HEAP_READ // max(1, Path(h5.filename).stat().st_size)))
    values = []
    for start in range(0, len(stored), block):
        for value in _read(stored, slice(start, start + block), name).tolist():
            if len(value) > _TEXT:
                raise ValueError(f"{_name(h5)}: {name} has a text of {len(value):,} characters")
            values.append(printable(value.decode(errors="surrogateescape") if isinstance(value, bytes) else value))
    return values


def row(h5: h5py.File, name: str, number: int) -> np.ndarray:
    """One row of a dataset that `dataset` accepts. Raises ValueError that names it if it cannot be read."""
    return _read(h5[name], number, name)


def _check_stored(stored: h5py.Dataset, name: str) -> None:
    """Raise ValueError if rows were never written, or if they take more memory than the file can describe."""
    if stored.shape[0] > _ROWS:
        raise ValueError(f"{name} declares {stored.shape[0]} rows, more than any such dataset has")
    size = math.prod(stored.shape) * stored.dtype.itemsize
    held = min(stored.id.get_storage_size(), Path(stored.file.filename).stat().st_size)  # chunks can overlap
    if stored.chunks:
        grid = math.prod(math.ceil(length / chunk) for length, chunk in zip(stored.shape, stored.chunks, strict=True))
        if math.prod(stored.chunks) * stored.dtype.itemsize > _CHUNK:
            raise ValueError(f"{name} is in chunks of {list(stored.chunks)}, too large to read")
        if held < grid or stored.id.get_num_chunks() < grid:  # the first is cheap, and bounds the work of the second
            raise ValueError(f"{name} declares {stored.shape[0]} rows, some of which were never written")
    elif held < size:
        raise ValueError(f"{name} declares {stored.shape[0]} rows, which were never written")
    if size > _SMALL and size > held * _EXPANSION:
        raise ValueError(f"{name} declares {size:,} bytes, which cannot be in the {held:,} that the file holds of it")
    if len(stored.shape) < 3 and size > _COLUMN:
        raise ValueError(f"{name} declares {size:,} bytes; the limit for a column is {_COLUMN:,}")


def _read(stored: h5py.Dataset, rows: slice | int, name: str) -> np.ndarray:
    try:
        return stored[rows]
    except (OSError, ValueError, RuntimeError) as error:
        raise ValueError(f"{_name(stored.file)}: {name} cannot be read: {' '.join(str(error).split())[:120]}") from None


def _name(h5: h5py.File) -> str:
    return printable(h5.filename)
