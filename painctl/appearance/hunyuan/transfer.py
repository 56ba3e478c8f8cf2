"""Maps from a mesh that was unwrapped anew, back to the head's own texture coordinates.

Unwrapping cuts vertices apart and renumbers everything, but keeps the triangles. So each triangle of the head is found
again by the places of its corners, and a point of it has the same barycentric coordinates in both unwrappings. Unlike
a search for the nearest surface this is exact, and cannot mistake the lid for the eyeball or one lip for the other.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.hunyuan.wavefront import Unwrapped
from painctl.appearance.texels import rasterised, texels
from painctl.images.sampling import sample
from painctl.records import Topology

_SAME_PLACE = 1e-5  # metres; the file has six decimals, and the head's shortest edges are 20 times as long
_KNOWN = 0.9  # share of the triangles below which it is not the head that was sent
_FLAT = 1e-10  # area of a triangle in texture coordinates that no texel is painted on


def transfer(
    maps: np.ndarray, mesh: Unwrapped, vertices: np.ndarray, topology: Topology, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Maps float32 [P, P, C] of `mesh` as maps [S, S, C] of the head, and how much of each texel they cover [S, S].

    `vertices` [V, 3] are the head's, metres. Where the share is 0 the values mean nothing. Where the maps are finer
    than the head's own, a texel is the mean of what lies on it. Raises ValueError if this is another mesh.
    """
    corners, found = corresponding(mesh, vertices, topology)
    if found.mean() < _KNOWN:
        raise ValueError(f"{found.sum()} of {len(found)} triangles came back from the paint pipeline; was it changed?")
    finer = max(1, len(maps) // size)
    apart = np.arange(topology.faces.size, dtype=np.int32).reshape(-1, 3)  # corners meet other values at a seam
    here = texels(replace(topology, faces=apart), size * finer)
    places = here.interpolate(corners.reshape(-1, 2)) * len(maps) - 0.5
    covered = here.interpolate(np.repeat(found, 3)) > 0.5
    values = sample(spread(maps, mesh), places[:, 0], len(maps) - 1 - places[:, 1])
    weighted = np.concatenate([values * covered[:, None], covered[:, None]], 1).astype(np.float32)
    fine = here.picture(weighted).reshape(size, finer, size, finer, -1).mean((1, 3))
    share = fine[..., -1]
    return fine[..., :-1] / np.maximum(share, 1e-6)[..., None], share


def corresponding(mesh: Unwrapped, vertices: np.ndarray, topology: Topology) -> tuple[np.ndarray, np.ndarray]:
    """Texture coordinates in `mesh` of the corners of the head's triangles [F, 3, 2], and whether it has them [F]."""
    places, own = np.unique(vertices, axis=0, return_inverse=True)
    _, theirs = cKDTree(places).query(mesh.vertices, distance_upper_bound=_SAME_PLACE)
    own_key, own_order = _keys(own.reshape(-1)[topology.faces], len(places))
    their_key, their_order = _keys(theirs[mesh.faces], len(places))
    sequence = np.argsort(their_key, kind="stable")
    spot = np.minimum(np.searchsorted(their_key, own_key, sorter=sequence), len(sequence) - 1)
    match = sequence[spot]
    ordered = np.take_along_axis(mesh.uv_faces[match], their_order[match], 1)
    corners = np.empty((*ordered.shape, 2))
    np.put_along_axis(corners, own_order[..., None], mesh.uvs[ordered], 1)
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]) / 2
    return corners, (their_key[match] == own_key) & (area > _FLAT)


def spread(maps: np.ndarray, mesh: Unwrapped) -> np.ndarray:
    """Maps [P, P, C] with the value of the nearest texel of a triangle wherever there is no triangle."""
    bare = (rasterised(mesh.uvs[mesh.uv_faces].astype(np.float32), len(maps)) < 0).reshape(len(maps), -1)
    _, labels = cv2.distanceTransformWithLabels(
        bare.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    texel = np.zeros(labels.max() + 1, np.int64)
    texel[labels[~bare]] = np.flatnonzero(~bare)
    return maps.reshape(-1, maps.shape[2])[texel[labels]]


def _keys(corners: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """One number [M] for the three corners [M, 3], each 0 to `count`, whatever their order, and what sorts them."""
    order = np.argsort(corners, 1)
    a, b, c = np.take_along_axis(corners, order, 1).astype(np.int64).T
    return (a * (count + 1) + b) * (count + 1) + c, order
