"""Head meshes in OBJ, PLY and binary glTF files, of which nothing is trusted: read with trimesh (MIT) after checks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from painctl.files.reading import read_bytes
from painctl.scans.mesh_claims import MOST_VERTICES, check_glb, check_obj, check_ply
from painctl.scans.references import References

SUFFIXES = (".obj", ".ply", ".glb")
_MOST_BYTES = 256_000_000
_CHECKS = {".obj": check_obj, ".ply": check_ply, ".glb": check_glb}
_UNREADABLE = "not a readable mesh: damaged, or of an uncommon kind; export it as OBJ, PLY or GLB"


@dataclass(frozen=True, eq=False)
class HeadMesh:
    """All parts of a mesh file as one mesh of V vertices and F triangles, in the file's axes and unit.

    Vertices at the same position are one, so that cuts along texture seams are closed.
    """

    vertices: np.ndarray  # float64 [V, 3]
    faces: np.ndarray  # int64 [F, 3]
    uvs: np.ndarray  # float32 [F, 3, 2], texture coordinates of the corners, v upwards; 0 without a picture
    picture: np.ndarray  # int64 [F], row of pictures; -1 for none
    pictures: tuple[np.ndarray, ...]  # uint8 [H, W, 3] each, sRGB
    colours: np.ndarray | None  # uint8 [F, 3, 3], sRGB colours of the corners if the file has them at its vertices
    missing: tuple[str, ...]  # names of pictures and material libraries that the file refers to and that are not there

    @property
    def has_colours(self) -> bool:
        """Whether it has a picture or colours at its vertices."""
        return bool(self.pictures) or self.colours is not None


def read_mesh(path: Path) -> HeadMesh:
    """The mesh in a file. Raises OSError, or ValueError that names the file and what is wrong with it.

    A material library or a picture is read only if it is in the folder of the mesh or below it.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"{path}: not a mesh file by its name; expected one in {', '.join(SUFFIXES)}")
    data = read_bytes(path, _MOST_BYTES)
    references = References(path.parent)
    try:
        _CHECKS[suffix](data)
        parts = list(_parts(data, suffix[1:], references))
        references.check()
        return _joined(parts, references)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _parts(data: bytes, kind: str, references: References) -> Iterator[tuple[np.ndarray, Any]]:
    """Every mesh of a file, with its vertices [N, 3] where the file's scene places it. Raises ValueError."""
    import trimesh

    try:
        scene = trimesh.load_scene(io.BytesIO(data), file_type=kind, resolver=references.resolver(), process=False)
        for node in sorted(scene.graph.nodes_geometry):
            transform, name = scene.graph[node]
            part = scene.geometry[name]
            if isinstance(part, trimesh.Trimesh) and len(part.faces):
                yield trimesh.transform_points(part.vertices, transform), part
    except MemoryError:
        raise ValueError("not enough memory to read this mesh") from None
    except Exception:  # nearly any, by format and damage
        raise ValueError(_UNREADABLE) from None


def _joined(parts: list[tuple[np.ndarray, Any]], references: References) -> HeadMesh:
    if not parts:
        raise ValueError("has no triangles")
    faces, uvs, which, colours, start = [], [], [], [], 0
    pictures: list[np.ndarray] = []
    for vertices, part in parts:
        triangles = np.asarray(part.faces, np.int64)
        if not 0 <= triangles.min() <= triangles.max() < len(vertices):
            raise ValueError(f"its triangles refer to vertices that are not among the {len(vertices)} of their part")
        picture = _picture(part, references)
        uv = np.asarray(part.visual.uv, np.float32)[:, :2] if picture is not None else np.zeros((len(vertices), 2))
        faces.append(triangles + start)
        uvs.append(np.nan_to_num(uv[triangles]).astype(np.float32))
        which.append(np.full(len(triangles), -1 if picture is None else len(pictures)))
        pictures += [] if picture is None else [picture]
        colours.append(_colours(part)[triangles])
        start += len(vertices)
    points = np.concatenate([vertices for vertices, _ in parts]).astype(np.float64)
    if start > MOST_VERTICES:
        raise ValueError(f"has {start:,} vertices; the limit is {MOST_VERTICES:,}")
    if not np.isfinite(points).all():
        raise ValueError(f"vertex {int(np.flatnonzero(~np.isfinite(points).all(1))[0]) + 1} is not finite")
    positions, row = np.unique(points, axis=0, return_inverse=True)
    corners = np.concatenate(colours)
    return HeadMesh(
        vertices=positions,
        faces=row.ravel()[np.concatenate(faces)],
        uvs=np.concatenate(uvs),
        picture=np.concatenate(which),
        pictures=tuple(pictures),
        colours=corners[..., :3] if corners[..., 3].all() else None,
        missing=tuple(references.missing),
    )


def _picture(part: Any, references: References) -> np.ndarray | None:
    """The colour picture of a part that has texture coordinates, uint8 [H, W, 3]; None without one."""
    material, uv = getattr(part.visual, "material", None), getattr(part.visual, "uv", None)
    if uv is None or material is None or len(uv) != len(part.vertices):
        return None
    image = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    return None if image is None else references.decoded(image)


def _colours(part: Any) -> np.ndarray:
    """Colours at the vertices, uint8 [N, 4] with 255 last; all 0 without any."""
    if part.visual.kind != "vertex":
        return np.zeros((len(part.vertices), 4), np.uint8)
    return np.concatenate([part.visual.vertex_colors[:, :3], np.full((len(part.vertices), 1), 255)], 1).astype(np.uint8)
