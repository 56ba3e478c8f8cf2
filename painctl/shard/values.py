"""Whether the values of a column are among those that the schema allows."""

from __future__ import annotations

from typing import Any

import numpy as np

from painctl.files.names import printable
from painctl.shard.schema import Column


def check_values(column: Column, values: Any, first: int = 0) -> None:
    """Check rows of a column, an array or a list of texts, of which the first is row `first` of its table.

    Raises ValueError that starts with the name of the column and names the row and the value.
    """
    if isinstance(values, list):
        _check_choices(column, values, first)
    elif values.dtype == bool:
        _check_bits(column, values, first)
    elif values.size and not _is_within(column, values):
        low, high = column.bounds
        valid = np.isfinite(values) & (values >= low) & (values <= high)
        row = int(np.argmin(valid.reshape(len(values), -1).all(1)))
        value = values[row][~valid[row]].ravel()[0].item()
        wrong = f"{value:g}, expected {column.interval}" if np.isfinite(value) else "NaN or infinite"
        raise ValueError(f"{column.name}, row {first + row}: {wrong}")


def _is_within(column: Column, values: np.ndarray) -> bool:
    """Whether all values are numbers within the bounds: comparisons with NaN are false."""
    low, high = column.bounds
    if values.dtype.kind != "f" and (low, high) == (-np.inf, np.inf):
        return True
    least, most = values.min(), values.max()
    return bool(low <= least and most <= high and np.isfinite(least) and np.isfinite(most))


def _check_choices(column: Column, values: list[str], first: int) -> None:
    if not column.choices:
        return
    for row, value in enumerate(values):
        if value not in column.choices:
            shown = printable(value[:64])
            raise ValueError(f"{column.name}, row {first + row}: {shown!r} is not one of {', '.join(column.choices)}")


def _check_bits(column: Column, values: np.ndarray, first: int) -> None:
    """HDF5 stores truth values in bytes, of which only 0 and 1 are valid."""
    wrong = (values.view(np.uint8) > 1).reshape(len(values), -1).any(1) if values.size else np.zeros(0, bool)
    if wrong.any():
        raise ValueError(f"{column.name}, row {first + int(np.argmax(wrong))}: neither true nor false")
