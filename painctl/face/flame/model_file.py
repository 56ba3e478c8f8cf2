"""FLAME's model file: the published pickle, or the same arrays as .safetensors or .npz.

The published files generic_model.pkl (2020), flame2023.pkl, flame2023_no_jaw.pkl and flame2023_Open.pkl have one layout
(Li et al., "Learning a model of facial shape and expression from 4D scans", 2017): V vertices (5,023), F triangles
(9,976), J = 5 joints (root, neck, jaw, left and right eye), 300 directions of shape and 100 of expression.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from painctl.face.flame.inert_pickle import PickleError, read
from painctl.face.flame.pickled_arrays import array
from painctl.files.aliases import utf8_path
from painctl.files.reading import open_regular

SHAPE, EXPRESSION, JOINTS = 300, 100, 5
MODELS: Final = "generic_model.pkl (2020), flame2023.pkl, flame2023_no_jaw.pkl or flame2023_Open.pkl"
CONVERTED: Final = (".safetensors", ".npz")
_LARGEST = 2 << 30  # bytes; the published files have about 50 million
_UNPACKED = 1 << 29  # bytes of the arrays of an archive
# painctl's names, and those in the pickle
_COLUMNS: Final = {
    "template": "v_template",
    "shapes": "shapedirs",
    "pose_shapes": "posedirs",
    "joint_regressor": "J_regressor",
    "parents": "kintree_table",
    "weights": "weights",
    "faces": "f",
}


@dataclass(frozen=True, eq=False)
class FlameArrays:
    """The arrays of a FLAME model, validated, in C order so that sums round the same for every file format."""

    template: np.ndarray  # float64 [V, 3], metres, y up, z out of the face
    shapes: np.ndarray  # float64 [V, 3, 400], 300 of shape, then 100 of expression
    pose_shapes: np.ndarray  # float64 [V, 3, 36], by the elements of R - 1 of all joints except the root
    joint_regressor: np.ndarray  # float64 [5, V], rows sum to 1
    parents: np.ndarray  # int64 [5], -1 for the root
    weights: np.ndarray  # float64 [V, 5], rows sum to 1
    faces: np.ndarray  # int64 [F, 3]


def read_flame(path: Path) -> FlameArrays:
    """The model in a .pkl, .safetensors or .npz file. Nothing that a pickle names is imported or called.

    Raises OSError, or ValueError that names the file and says what is wrong in it.
    """
    with open_regular(path) as file:  # the readers open it by name
        size = os.fstat(file.fileno()).st_size
    if size > _LARGEST:
        raise ValueError(f"{path}: {size >> 20} MiB, larger than any FLAME model ({_LARGEST >> 20} MiB at most)")
    readers: dict[str, Callable[[Path], dict[str, np.ndarray]]]
    readers = {".pkl": _pickled, ".safetensors": _safetensors, ".npz": _npz}
    if path.suffix not in readers:
        raise ValueError(f"{path}: a FLAME model file must end in one of {', '.join(readers)}")
    try:
        return validated(readers[path.suffix](path))
    except (PickleError, SafetensorError, zipfile.BadZipFile, ValueError, KeyError, MemoryError, EOFError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ValueError(f"{path}: not a FLAME model: {reason}; download it again from its publisher") from None


def encode(model: FlameArrays, ending: str) -> bytes:
    """The same model as the contents of a file of type `ending`, one of `CONVERTED`, which hold arrays only."""
    arrays = {name: np.ascontiguousarray(values) for name, values in asdict(model).items()}
    if ending == ".safetensors":
        return save(arrays, {"format": "np"})
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def validated(arrays: dict[str, np.ndarray]) -> FlameArrays:
    """The model of arrays under painctl's names. Raises ValueError that names the invalid array."""
    if missing := [name for name in _COLUMNS if name not in arrays]:
        raise ValueError(f"{missing[0]} is missing")
    if arrays["template"].ndim != 2 or arrays["faces"].ndim != 2:
        raise ValueError("template and faces must have two dimensions")
    count = len(arrays["template"])
    shapes = {
        "template": (count, 3),
        "shapes": (count, 3, SHAPE + EXPRESSION),
        "pose_shapes": (count, 3, 9 * (JOINTS - 1)),
        "joint_regressor": (JOINTS, count),
        "parents": (JOINTS,),
        "weights": (count, JOINTS),
        "faces": (len(arrays["faces"]), 3),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(f"{name} is {list(arrays[name].shape)}, expected {list(shape)}")
        kinds = "iu" if name in ("parents", "faces") else "f"
        if arrays[name].dtype.kind not in kinds or not np.isfinite(arrays[name]).all():
            raise ValueError(
                f"{name} ({arrays[name].dtype}) must hold finite {'integers' if kinds == 'iu' else 'floats'}"
            )
    model = FlameArrays(
        **{name: arrays[name].astype("i8" if name in ("parents", "faces") else "f8", order="C") for name in shapes}
    )
    if not 0 <= model.faces.min(initial=0) <= model.faces.max(initial=-1) < count:
        raise ValueError(f"faces have vertex numbers outside 0..{count - 1}")
    if model.parents[0] != -1 or not all(0 <= parent < i for i, parent in enumerate(model.parents) if i):
        raise ValueError("parents must be a tree with its root first")
    for name in ("joint_regressor", "weights"):
        if np.abs(getattr(model, name).sum(1) - 1).max() > 1e-3:
            raise ValueError(f"rows of {name} do not sum to 1")
    return model


def _pickled(path: Path) -> dict[str, np.ndarray]:
    record: Any = read(path.read_bytes())
    if not isinstance(record, dict):
        raise ValueError("its pickle is not a dict")
    if missing := [column for column in _COLUMNS.values() if column not in record]:
        raise ValueError(f"{missing[0]} is missing")
    arrays = {name: array(record[column], column) for name, column in _COLUMNS.items()}
    table = arrays["parents"]
    if table.ndim != 2 or not table.size or table.dtype.kind not in "iu":
        raise ValueError(f"kintree_table is {list(table.shape)} of {table.dtype}, expected [2, {JOINTS}] of integers")
    parents = table[0].astype("i8")
    arrays["parents"] = np.where(parents == 0xFFFFFFFF, -1, parents)  # the root's parent is -1 as uint32
    return arrays


def _npz(path: Path) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(path):
        raise ValueError("not an archive written by numpy.savez")
    with np.load(path, allow_pickle=False) as archive:  # other members are not read: they may be zip bombs
        unpacked = sum(archive.zip.getinfo(f"{name}.npy").file_size for name in _COLUMNS if name in archive.files)
        if unpacked > _UNPACKED:
            raise ValueError(f"its arrays are {unpacked >> 20} MiB, larger than those of any FLAME model")
        return {name: archive[name] for name in _COLUMNS if name in archive.files}


def _safetensors(path: Path) -> dict[str, np.ndarray]:
    try:
        with utf8_path(path) as plain:
            return load_file(plain)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"a number type that numpy does not support ({error})") from None
