"""Maps from a re-unwrapped mesh back to the head's own texture coordinates.

Unwrapping splits vertices and renumbers everything, but keeps the triangles. So each triangle of the head is identified
by the positions of its corners, and a point on it has the same barycentric coordinates in both unwrappings. Unlike a
search for the nearest surface this is exact, and cannot mistake the lid for the eyeball or one lip for the other.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.hunyuan.wavefront import Unwrapped
from painctl.appearance.texels import rasterise_uvs, texels
from painctl.images.sampling import sample
from painctl.records import Topology

_SAME_POSITION = 1e-5  # metres; the file has six decimals, and the head's shortest edges are 20 times as long
_MATCHED = 0.9  # share of the head's triangles that must be in the mesh for it to be that head
_FLAT = 1e-10  # area in texture coordinates of a triangle without a texel


def transfer(
    maps: np.ndarray, mesh: Unwrapped, vertices: np.ndarray, topology: Topology, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Maps float32 [P, P, C] of `mesh` as maps [S, S, C] of the head, and the share of each texel they cover [S, S].

    `vertices` [V, 3] are the head's, metres. Values are undefined where the share is 0. Maps finer than S texels are
    averaged over each texel. Raises ValueError if `mesh` is not that head.
    """
    corners, matched = match_corners(mesh, vertices, topology)
    if matched.mean() < _MATCHED:
        raise ValueError(
            f"only {matched.sum()} of {len(matched)} triangles came back from the paint pipeline; was it modified?"
        )
    finer = max(1, len(maps) // size)
    # a vertex has different values on either side of a seam
    split = np.arange(topology.faces.size, dtype=np.int32).reshape(-1, 3)
    layout = texels(replace(topology, faces=split), size * finer)
    positions = layout.interpolate(corners.reshape(-1, 2)) * len(maps) - 0.5
    covered = layout.interpolate(np.repeat(matched, 3)) > 0.5
    values = sample(extend_charts(maps, mesh), positions[:, 0], len(maps) - 1 - positions[:, 1])
    weighted = np.concatenate([values * covered[:, None], covered[:, None]], 1).astype(np.float32)
    fine = layout.picture(weighted).reshape(size, finer, size, finer, -1).mean((1, 3))
    share = fine[..., -1]
    return fine[..., :-1] / np.maximum(share, 1e-6)[..., None], share


def match_corners(mesh: Unwrapped, vertices: np.ndarray, topology: Topology) -> tuple[np.ndarray, np.ndarray]:
    """Texture coordinates in `mesh` of the corners of the head's triangles [F, 3, 2], and which triangles match [F]."""
    positions, head_index = np.unique(vertices, axis=0, return_inverse=True)
    _, mesh_index = cKDTree(positions).query(mesh.vertices, distance_upper_bound=_SAME_POSITION)
    head_key, head_order = _keys(head_index.reshape(-1)[topology.faces], len(positions))
    mesh_key, mesh_order = _keys(mesh_index[mesh.faces], len(positions))
    sequence = np.argsort(mesh_key, kind="stable")
    rank = np.minimum(np.searchsorted(mesh_key, head_key, sorter=sequence), len(sequence) - 1)
    match = sequence[rank]
    ordered = np.take_along_axis(mesh.uv_faces[match], mesh_order[match], 1)
    corners = np.empty((*ordered.shape, 2))
    np.put_along_axis(corners, head_order[..., None], mesh.uvs[ordered], 1)
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]) / 2
    return corners, (mesh_key[match] == head_key) & (area > _FLAT)


def extend_charts(maps: np.ndarray, mesh: Unwrapped) -> np.ndarray:
    """Maps [P, P, C] with every texel outside the triangles set to the nearest one inside."""
    bare = (rasterise_uvs(mesh.uvs[mesh.uv_faces].astype(np.float32), len(maps)) < 0).reshape(len(maps), -1)
    _, labels = cv2.distanceTransformWithLabels(
        bare.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    texel = np.zeros(labels.max() + 1, np.int64)
    texel[labels[~bare]] = np.flatnonzero(~bare)
    return maps.reshape(-1, maps.shape[2])[texel[labels]]


def _keys(corners: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys [M] of the corners [M, 3], each 0 to `count`, in any order, and the order that sorts each three [M, 3]."""
    order = np.argsort(corners, 1)
    a, b, c = np.take_along_axis(corners, order, 1).astype(np.int64).T
    return (a * (count + 1) + b) * (count + 1) + c, order
