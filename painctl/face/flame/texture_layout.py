"""Texture coordinates of FLAME's mesh, from the template that is published as an OBJ file; the model has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np

NAME = "head_template.obj"
_LARGEST = 64 << 20  # bytes; the published file has half a million


def find_template(model: Path, given: Path | None) -> Path:
    """The template that was given, or the one beside the model. FileNotFoundError that says how to get one."""
    path = given or model.parent / NAME
    if not path.exists() and given is None:
        raise FileNotFoundError(
            f"{model}: a FLAME model has no texture coordinates; put {NAME} beside it or name it with "
            f"--flame-template (the code of DECA, github.com/yfeng95/DECA, has it in data/)"
        )
    return path


def read_layout(path: Path, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(uvs float64 [T, 2], uv_faces int [F, 3] in the order of the model's `faces` [F, 3]) of an OBJ file.

    Where its vertices lie does not matter, and how it orders its triangles neither. Raises OSError, or ValueError that
    names the file, where it is no OBJ of this mesh.
    """
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path}: {path.stat().st_size >> 20} MiB, and no head template has {_LARGEST >> 20}")
    try:
        uvs, theirs, uv_faces = _parsed(path.read_text(encoding="utf-8", errors="replace"))
    except (ValueError, IndexError):
        raise ValueError(f"{path}: not an OBJ file of triangles with texture coordinates, as {NAME} is") from None
    own, other = np.sort(faces, 1), np.sort(theirs, 1)
    order, their_order = np.lexsort(own.T), np.lexsort(other.T)
    if own.shape != other.shape or not np.array_equal(own[order], other[their_order]):
        raise ValueError(f"{path}: its triangles are not those of the model; give the {NAME} that belongs to it")
    found = np.empty_like(uv_faces)
    found[order] = uv_faces[their_order]
    corners = np.empty_like(theirs)
    corners[order] = theirs[their_order]
    same = corners[:, :, None] == faces[:, None]  # [F, their corner, our corner]
    return uvs, np.take_along_axis(found, same.argmax(1), 1)


def _parsed(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """uvs [T, 2], and triangles [F, 3] of vertices and of texture coordinates, both from 0."""
    rows: dict[str, list[list[str]]] = {"vt": [], "f": []}
    for line in text.splitlines():
        word, *values = line.split()[:5] or [""]
        if word in rows:
            rows[word].append(values)
    uvs = np.array([values[:2] for values in rows["vt"]], float)
    corners = np.array([[corner.split("/")[:2] for corner in values] for values in rows["f"]], np.int64) - 1
    if corners.shape[1:] != (3, 2) or not np.isfinite(uvs).all():
        raise ValueError
    if not 0 <= corners[..., 1].min() <= corners[..., 1].max() < len(uvs):
        raise ValueError
    return uvs, corners[..., 0], corners[..., 1]
