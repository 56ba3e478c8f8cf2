"""Arrays out of the records of an inert pickle: numpy's own, scipy's sparse matrices, chumpy's."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from painctl.face.flame.inert_pickle import PickleError, Record, named

_NUMBERS = re.compile(r"[iu][1248]|f[248]|b1")
_DEEP = 4  # a chumpy selection of a chumpy array of a numpy array, and one to spare
_DENSE = 1 << 24  # elements of a sparse matrix written out


def array(value: Any, name: str, depth: int = 0) -> np.ndarray:
    """The array that a record stands for. Raises PickleError, which gives `name`, for what is none.

    Whatever shape it declares, no more memory is taken than the file has bytes, and 128 MiB for a sparse matrix.
    """
    if not isinstance(value, Record):
        raise PickleError(f"{name} is a {type(value).__name__}, not an array")
    if depth > _DEEP:
        raise PickleError(f"{name} is nested too deep")
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
    """numpy.ndarray: state is (version, shape, dtype, whether in Fortran's order, bytes)."""
    if not isinstance(value.state, tuple) or len(value.state) != 5:
        raise PickleError(f"{name} is an array without its contents")
    _, shape, kind, fortran, data = value.state
    return _filled(data, kind, shape, bool(fortran), name)


def _filled(data: Any, kind: Any, shape: Any, fortran: bool, name: str) -> np.ndarray:
    dtype, raw = _dtype(kind, name), _bytes(data, name)
    if not _is_shape(shape):
        raise PickleError(f"{name} has no shape")
    if (wanted := math.prod(shape) * dtype.itemsize) != len(raw):
        raise PickleError(f"{name} declares {list(shape)} of {dtype}, {wanted} bytes, and has {len(raw)}")
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C")


def _is_shape(shape: Any) -> bool:
    """Whether it is up to four extents of what memory could hold."""
    return (
        isinstance(shape, tuple)
        and len(shape) <= 4
        and all(type(extent) is int and 0 <= extent < 1 << 48 for extent in shape)
    )


def _dtype(kind: Any, name: str) -> np.dtype:
    """numpy.dtype: called with its code, state begins with (version, byte order)."""
    code = kind.args[0] if isinstance(kind, Record) and kind.name == "numpy.dtype" and kind.args else None
    if not isinstance(code, str) or not _NUMBERS.fullmatch(code):
        raise PickleError(f"{name} holds {named(code)}, not numbers")
    order = kind.state[1] if isinstance(kind.state, tuple) and len(kind.state) > 1 else "="
    if order not in ("<", ">", "|", "="):
        raise PickleError(f"{name} has the byte order {named(order)}")
    return np.dtype(f"{order}{code}")


def _bytes(data: Any, name: str) -> bytes:
    """Bytes as they are, as Python 2's text, or as Python 3 writes them for protocol 2."""
    if isinstance(data, Record) and data.name == "_codecs.encode" and data.args:
        data = data.args[0]
    if isinstance(data, str):
        try:
            return data.encode("latin-1")
        except UnicodeEncodeError:
            raise PickleError(f"{name} has text in the place of bytes") from None
    if isinstance(data, bytes | bytearray):
        return bytes(data)
    raise PickleError(f"{name} holds a {type(data).__name__} in the place of bytes")


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
        raise PickleError(f"{name} selects what is not there")
    if not _is_shape(shape):
        raise PickleError(f"{name} has no shape")
    if math.prod(shape) != index.size:
        raise PickleError(f"{name} declares {list(shape)} and has {index.size} elements")
    return source[index].reshape(shape)


def _dense(value: Record, name: str, depth: int) -> np.ndarray:
    """A sparse matrix written out, float64."""
    from scipy import sparse

    kind = value.name.rsplit(".", 1)[-1][:3]
    shape = value.state.get("_shape", value.state.get("shape")) if isinstance(value.state, dict) else None
    if not isinstance(shape, tuple) or len(shape) != 2 or not all(type(n) is int and n > 0 for n in shape):
        raise PickleError(f"{name} is a sparse matrix without its shape")
    if math.prod(shape) > _DENSE:
        raise PickleError(f"{name} declares {list(shape)}, more than any FLAME model has")
    names = ("data", "row", "col") if kind == "coo" else ("data", "indices", "indptr")
    data, first, second = (array(_entry(value, key, name), name, depth + 1) for key in names)
    parts = (data, (first, second)) if kind == "coo" else (data, first, second)
    make = {"csc": sparse.csc_matrix, "csr": sparse.csr_matrix, "coo": sparse.coo_matrix}[kind]
    try:
        matrix = make(parts, shape=shape)
        if kind != "coo":
            matrix.check_format(full_check=True)
        return matrix.toarray().astype(float)
    except (ValueError, TypeError, IndexError) as error:
        raise PickleError(f"{name} is no sparse matrix ({' '.join(str(error).split())[:60]})") from None
