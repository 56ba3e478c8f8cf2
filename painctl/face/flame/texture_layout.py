"""Texture coordinates of FLAME's mesh, from its template OBJ file, since the model file has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from painctl.files.text import read_text

NAME = "head_template.obj"
_LARGEST = 16_000_000  # bytes; the published file has half a million


def find_template(model: Path, template: Path | None) -> Path:
    """The path `template`, by default the one beside the model. Raises FileNotFoundError that says where to get it."""
    path = template or model.parent / NAME
    if not path.exists() and template is None:
        raise FileNotFoundError(
            f"{model}: FLAME model files have no texture coordinates; put {NAME} beside it or give its path with "
            f"--flame-template (it is in data/ of DECA, github.com/yfeng95/DECA)"
        )
    return path


def read_layout(path: Path, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(uvs float64 [T, 2], uv_faces int [F, 3] in the order of the model's `faces` [F, 3]) of an OBJ file.

    The positions of its vertices and the order of its triangles do not matter. Raises OSError, or ValueError that names
    the file if it is not an OBJ of this mesh.
    """
    text = read_text(path, _LARGEST, errors="replace")  # a comment may be in any encoding
    try:
        uvs, obj_faces, uv_faces = _parsed(text)
    except (ValueError, IndexError, OverflowError):
        raise ValueError(f"{path}: not an OBJ file of triangles with texture coordinates, like {NAME}") from None
    model_sets, obj_sets = np.sort(faces, 1), np.sort(obj_faces, 1)
    model_order, obj_order = np.lexsort(model_sets.T), np.lexsort(obj_sets.T)
    if model_sets.shape != obj_sets.shape or not np.array_equal(model_sets[model_order], obj_sets[obj_order]):
        raise ValueError(f"{path}: its triangles are not those of the model; give the {NAME} of this model")
    matched, matched_uvs = np.empty_like(obj_faces), np.empty_like(uv_faces)
    matched[model_order], matched_uvs[model_order] = obj_faces[obj_order], uv_faces[obj_order]
    same = matched[:, :, None] == faces[:, None]  # [F, corner in the OBJ, corner in the model]
    return uvs, np.take_along_axis(matched_uvs, same.argmax(1), 1)


def _parsed(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """uvs [T, 2], and triangles [F, 3] of vertices and of texture coordinates, both numbered from 0."""
    rows: dict[str, list[list[str]]] = {"vt": [], "f": []}
    for line in text.replace("\\\n", " ").split("\n"):  # a backslash continues a line
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
