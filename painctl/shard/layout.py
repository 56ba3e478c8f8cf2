"""How a column of the schema is stored in HDF5: as one dataset, or as flat bytes and their offsets."""

from __future__ import annotations

import re
from typing import Any

import h5py
import numpy as np

from painctl.shard.schema import BYTES, Column


def row_dtype(column: Column) -> np.dtype:
    """The numpy dtype of a stored column; text is UTF-8 of fixed length, padded with zeros."""
    length = re.fullmatch(r"utf8\[(\d+)\]", column.dtype)
    if length:
        return h5py.string_dtype("utf-8", int(length[1]))
    return np.dtype("uint8" if column.dtype == BYTES else column.dtype)


def fits_shape(column: Column, shape: tuple[int, ...]) -> bool:
    """Whether a row of this shape fits the column; a symbol matches any extent."""
    return len(shape) == len(column.shape) and all(
        isinstance(expected, str) or expected == extent for expected, extent in zip(column.shape, shape, strict=True)
    )


def empty_rows(column: Column, count: int, shape: tuple[int, ...] | None = None) -> Any:
    """`count` empty rows of an optional column. `shape` is that of a row; without it, symbols have the extent 0."""
    if column.dtype == BYTES:
        return [b""] * count
    row = tuple(0 if isinstance(extent, str) else extent for extent in column.shape) if shape is None else shape
    return [""] * count if column.dtype.startswith("utf8") else np.zeros((count, *row), row_dtype(column))


def has_values(values: Any) -> bool:
    """Whether any of these rows of an optional column is not empty."""
    return bool(np.any(values)) if isinstance(values, np.ndarray) else any(map(np.any, values))


def storage(column: Column, shape: tuple[int, ...]) -> list[tuple[str, np.dtype, tuple[int, ...]]]:
    """The datasets (name, dtype, shape) of a column whose rows and extents are `shape`.

    For an encoded column `shape` is (rows, bytes in all).
    """
    if column.dtype == BYTES:
        rows, size = shape
        return [
            (column.name, np.dtype("uint8"), (size,)),
            (f"{column.name}_offsets", np.dtype("int64"), (rows + 1,)),
        ]
    return [(column.name, row_dtype(column), shape)]
