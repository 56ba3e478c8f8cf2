"""Arrays from the records of an inert pickle: numpy's, chumpy's, and scipy's sparse matrices."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from painctl.face.flame.inert_pickle import PickleError, Record, quoted

_NUMBERS = re.compile(r"[iu][1248]|f[248]|b1")
_DEEPEST = 4  # a chumpy selection of a chumpy array of a numpy array, plus one
_DENSE = 1 << 24  # elements of a sparse matrix in dense form


def array(value: Any, name: str, depth: int = 0) -> np.ndarray:
    """The array that a record describes. Raises PickleError that mentions `name` if it is not an array.

    Whatever shape is declared, no more memory is allocated than the file is long, or 128 MiB for a sparse matrix.
    """
    if not isinstance(value, Record):
        raise PickleError(f"{name} is a {type(value).__name__}, not an array")
    if depth > _DEEPEST:
        raise PickleError(f"{name} is nested too deeply")
    if value.name == "chumpy.ch.Ch":
        return array(_entry(value, "x", name), name, depth + 1)
    if value.name == "chumpy.reordering.Select":
        return _selected(value, name, depth)
    if value.name.startswith("scipy.sparse."):
        return _dense(value, name, depth)
    if value.name.endswith("._reconstruct"):
        return _array(value, name)
    if value.name.endswith("._frombuffer") and len(value.args) == 4:
        data, kind, shape, order = value.args
        return _filled(data, kind, shape, order == "F", name)
    raise PickleError(f"{name} is a {value.name}, not an array")


def _array(value: Record, name: str) -> np.ndarray:
    """numpy.ndarray: its state is (version, shape, dtype, whether in Fortran order, bytes)."""
    if not isinstance(value.state, tuple) or len(value.state) != 5:
        raise PickleError(f"{name} is an array without contents")
    _, shape, kind, fortran, data = value.state
    return _filled(data, kind, shape, bool(fortran), name)


def _filled(data: Any, kind: Any, shape: Any, fortran: bool, name: str) -> np.ndarray:
    dtype, raw = _dtype(kind, name), _bytes(data, name)
    if not _is_shape(shape):
        raise PickleError(f"{name} has an invalid shape")
    if (expected := math.prod(shape) * dtype.itemsize) != len(raw):
        raise PickleError(f"{name} declares {list(shape)} of {dtype}, {expected} bytes, but has {len(raw)}")
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C")


def _is_shape(shape: Any) -> bool:
    """Whether it is a tuple of at most four plausible extents."""
    return (
        isinstance(shape, tuple)
        and len(shape) <= 4
        and all(type(extent) is int and 0 <= extent < 1 << 48 for extent in shape)
    )


def _dtype(kind: Any, name: str) -> np.dtype:
    """numpy.dtype: it is called with its code, and its state begins with (version, byte order)."""
    code = kind.args[0] if isinstance(kind, Record) and kind.name == "numpy.dtype" and kind.args else None
    if not isinstance(code, str) or not _NUMBERS.fullmatch(code):
        raise PickleError(f"{name} holds {quoted(code)}, not numbers")
    order = kind.state[1] if isinstance(kind.state, tuple) and len(kind.state) > 1 else "="
    if order not in ("<", ">", "|", "="):
        raise PickleError(f"{name} has the byte order {quoted(order)}")
    return np.dtype(f"{order}{code}")


def _bytes(data: Any, name: str) -> bytes:
    """Bytes, or a str as Python 2 writes them, or a call of _codecs.encode as Python 3 does for protocol 2."""
    if isinstance(data, Record) and data.name == "_codecs.encode" and data.args:
        data = data.args[0]
    if isinstance(data, str):
        try:
            return data.encode("latin-1")
        except UnicodeEncodeError:
            raise PickleError(f"{name} has text in place of bytes") from None
    if isinstance(data, bytes | bytearray):
        return bytes(data)
    raise PickleError(f"{name} holds a {type(data).__name__} in place of bytes")


def _entry(value: Record, key: str, name: str) -> Any:
    if not isinstance(value.state, dict) or key not in value.state:
        raise PickleError(f"{name} is a {value.name} without {key}")
    return value.state[key]


def _selected(value: Record, name: str, depth: int) -> np.ndarray:
    """chumpy.reordering.Select: elements `idxs` of the flattened `a`, in a `preferred_shape`."""
    source = array(_entry(value, "a", name), name, depth + 1).ravel()
    index = array(_entry(value, "idxs", name), name, depth + 1).ravel()
    shape = _entry(value, "preferred_shape", name)
    if index.dtype.kind not in "iu" or (index.size and not 0 <= index.min() <= index.max() < source.size):
        raise PickleError(f"{name} selects elements out of range")
    if not _is_shape(shape):
        raise PickleError(f"{name} has an invalid shape")
    if math.prod(shape) != index.size:
        raise PickleError(f"{name} declares {list(shape)} but has {index.size} elements")
    return source[index].reshape(shape)


def _dense(value: Record, name: str, depth: int) -> np.ndarray:
    """A sparse matrix in dense form, float64."""
    from scipy import sparse

    kind = value.name.rsplit(".", 1)[-1][:3]
    shape = value.state.get("_shape", value.state.get("shape")) if isinstance(value.state, dict) else None
    if not isinstance(shape, tuple) or len(shape) != 2 or not all(type(n) is int and n > 0 for n in shape):
        raise PickleError(f"{name} is a sparse matrix without a valid shape")
    if math.prod(shape) > _DENSE:
        raise PickleError(f"{name} declares {list(shape)}, larger than in any FLAME model")
    names = ("data", "row", "col") if kind == "coo" else ("data", "indices", "indptr")
    data, first, second = (array(_entry(value, key, name), name, depth + 1) for key in names)
    parts = (data, (first, second)) if kind == "coo" else (data, first, second)
    constructor = {"csc": sparse.csc_matrix, "csr": sparse.csr_matrix, "coo": sparse.coo_matrix}[kind]
    try:
        matrix = constructor(parts, shape=shape)
        if kind != "coo":
            matrix.check_format(full_check=True)
        return matrix.toarray().astype(float)
    except (ValueError, TypeError, IndexError) as error:
        raise PickleError(f"{name} is not a valid sparse matrix ({' '.join(str(error).split())[:60]})") from None
