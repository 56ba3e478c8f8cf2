"""FLAME's model file: the published pickle, or the same arrays as .safetensors or .npz.

Published are generic_model.pkl (2020), flame2023.pkl, flame2023_no_jaw.pkl and flame2023_Open.pkl, of one layout
(Li et al., "Learning a model of facial shape and expression from 4D scans", 2017): V vertices (5,023), F triangles
(9,976), J = 5 joints (root, neck, jaw, left and right eye), 300 directions of shape and 100 of expression.
"""

from __future__ import annotations

import io
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

SHAPE, EXPRESSION, JOINTS = 300, 100, 5
MODELS: Final = "generic_model.pkl (2020), flame2023.pkl, flame2023_no_jaw.pkl or flame2023_Open.pkl"
CONVERTED: Final = (".safetensors", ".npz")
_LARGEST = 2 << 30  # bytes; the published files have some 50 million
# our names, and those of the pickle
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
    """The arrays of a FLAME model, as `checked` found them to fit each other; in C order, so that sums round alike."""

    template: np.ndarray  # float64 [V, 3], metres, y up, z out of the face
    shapes: np.ndarray  # float64 [V, 3, 400], 300 of shape, then 100 of expression
    pose_shapes: np.ndarray  # float64 [V, 3, 36], per element of the rotations of all joints but the root, less 1
    joint_regressor: np.ndarray  # float64 [5, V], rows sum to 1
    parents: np.ndarray  # int64 [5], -1 for the root
    weights: np.ndarray  # float64 [V, 5], rows sum to 1
    faces: np.ndarray  # int64 [F, 3]


def read_flame(path: Path) -> FlameArrays:
    """The model in a .pkl, .safetensors or .npz file. No name in a pickle is looked up, nothing in it runs.

    Raises OSError, or ValueError that names the file and what in it is not as it should be.
    """
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path}: {path.stat().st_size >> 20} MiB, and no FLAME model has {_LARGEST >> 20}")
    readers: dict[str, Callable[[Path], dict[str, np.ndarray]]]
    readers = {".pkl": _pickled, ".safetensors": _safetensors, ".npz": _npz}
    if path.suffix not in readers:
        raise ValueError(f"{path}: a FLAME model's name ends in one of {', '.join(readers)}")
    try:
        return checked(readers[path.suffix](path))
    except (PickleError, SafetensorError, zipfile.BadZipFile, ValueError, KeyError, MemoryError, EOFError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ValueError(f"{path}: not a FLAME model: {reason}; download it again from its publisher") from None


def encode(model: FlameArrays, ending: str) -> bytes:
    """The same model as a file of one of the endings `CONVERTED`, which holds nothing but arrays."""
    arrays = {name: np.ascontiguousarray(values) for name, values in asdict(model).items()}
    if ending == ".safetensors":
        return save(arrays, {"format": "np"})
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def checked(found: dict[str, np.ndarray]) -> FlameArrays:
    """A model of arrays under our names. Raises ValueError that names the one that does not fit."""
    if missing := [name for name in _COLUMNS if name not in found]:
        raise ValueError(f"no {missing[0]} in it")
    if found["template"].ndim != 2 or found["faces"].ndim != 2:
        raise ValueError("template and faces have rows of three")
    count = len(found["template"])
    extents = {
        "template": (count, 3),
        "shapes": (count, 3, SHAPE + EXPRESSION),
        "pose_shapes": (count, 3, 9 * (JOINTS - 1)),
        "joint_regressor": (JOINTS, count),
        "parents": (JOINTS,),
        "weights": (count, JOINTS),
        "faces": (len(found["faces"]), 3),
    }
    for name, extent in extents.items():
        if found[name].shape != extent:
            raise ValueError(f"{name} is {list(found[name].shape)}, expected {list(extent)}")
        numbers = "iu" if name in ("parents", "faces") else "f"
        if found[name].dtype.kind not in numbers or not np.isfinite(found[name]).all():
            raise ValueError(f"{name} ({found[name].dtype}) holds what it must not")
    model = FlameArrays(
        **{name: found[name].astype("i8" if name in ("parents", "faces") else "f8", order="C") for name in extents}
    )
    if not 0 <= model.faces.min(initial=0) <= model.faces.max(initial=-1) < count:
        raise ValueError(f"faces name vertices that are not among its {count}")
    if model.parents[0] != -1 or not all(0 <= parent < i for i, parent in enumerate(model.parents) if i):
        raise ValueError("parents are no tree with its root first")
    for name in ("joint_regressor", "weights"):
        if np.abs(getattr(model, name).sum(1) - 1).max() > 1e-3:
            raise ValueError(f"rows of {name} do not sum to 1")
    return model


def _pickled(path: Path) -> dict[str, np.ndarray]:
    record: Any = read(path.read_bytes())
    if not isinstance(record, dict):
        raise ValueError("its pickle is no dict")
    if missing := [theirs for theirs in _COLUMNS.values() if theirs not in record]:
        raise ValueError(f"no {missing[0]} in it")
    found = {ours: array(record[theirs], theirs) for ours, theirs in _COLUMNS.items()}
    table = found["parents"]
    if table.ndim != 2 or not table.size or table.dtype.kind not in "iu":
        raise ValueError(
            f"kintree_table is {list(table.shape)} of {table.dtype}, expected [2, {JOINTS}] of whole numbers"
        )
    parents = table[0].astype("i8")
    found["parents"] = np.where(parents == 0xFFFFFFFF, -1, parents)  # the root's parent is -1 in 32 bits, unsigned
    return found


def _npz(path: Path) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(path):
        raise ValueError("not the archive that numpy.savez writes")
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in _COLUMNS if name in arrays.files}  # what else is in it may be a bomb


def _safetensors(path: Path) -> dict[str, np.ndarray]:
    try:
        return load_file(path)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"numbers of a kind that numpy has not ({error})") from None
