"""The 68 iBUG landmarks on the open head, as points on its triangles, so that they follow every deformation.

Order (Sagonas et al. 2013): jaw 0-16 from the subject's right ear to the left, right brow 17-21, left brow 22-26,
bridge of the nose 27-30, its base 31-35, right eye 36-41, left eye 42-47, outer lips 48-59, inner lips 60-67.
"""

from __future__ import annotations

import numpy as np

from painctl.face.regions import BROW_ENDS, brow_height
from painctl.mesh.closest import project_onto_triangles

# The landmark on the other side of the face for each landmark: points[MIRROR] * (-1, 1, 1) mirrors a face.
MIRROR = np.concatenate(
    [
        [*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31],
        [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
        [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65],
    ]
)


def find_landmarks(
    template: np.ndarray, faces: np.ndarray, island: np.ndarray, regions: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The landmarks as (triangles int [68], barycentric weights float [68, 3]).

    `template` float [V, 3] in metres, `faces` int [F, 3], `island` str [F] and `regions` as in `find_regions`.
    """
    skin = np.flatnonzero((island == "head") & (regions["ears"][faces].max(1) < 0.5))
    corners = template[faces[skin]]
    points = np.empty((68, 3))

    def ahead(x: float, y: float) -> np.ndarray:
        """The frontmost point of the skin at (x, y)."""
        return _hit(corners, np.array([x, y, 1.0]), np.array([0.0, 0, -1]))

    for k in range(17):  # from a point inside the mouth outwards, lower and farther forward towards the chin
        turn = np.pi * k / 16
        direction = np.array(
            [-np.cos(turn), 0.42 * np.cos(turn) ** 2 - 0.85 * np.sin(turn), 0.62 * np.sin(turn) ** 2 - 0.12]
        )
        points[k] = _hit(corners, np.array([0, -0.042, -0.03]) + direction, -direction)
    brow_x = np.linspace(BROW_ENDS[1] - 0.001, BROW_ENDS[0] + 0.001, 5)
    points[17:22] = [ahead(-x, _brow(x)) for x in brow_x]
    points[22:27] = [ahead(x, _brow(x)) for x in brow_x[::-1]]
    points[27:31] = [ahead(0, y) for y in (0.0, -0.0125, -0.025, -0.0375)]
    points[31:36] = [ahead(x, -0.0475) for x in (-0.012, -0.006, 0, 0.006, 0.012)]
    points[42:48] = _eye(template[_shared(faces, island, "left socket")])
    points[48:60] = _outer_lips(template, faces, island, regions["lips"])
    points[60:68] = _inner_lips(template[_shared(faces, island, "mouth")])
    points[36:42] = (points * (-1, 1, 1))[MIRROR[36:42]]
    triangles, weights = zip(*(_locate(corners, point) for point in points), strict=True)
    return skin[list(triangles)], np.array(weights)


def _brow(x: float) -> float:
    return float(brow_height(np.array(x)))


def _shared(faces: np.ndarray, island: np.ndarray, neighbour: str) -> np.ndarray:
    """Vertices where the skin meets another texture island, int [N]: the rim of the lids or lips."""
    return np.intersect1d(faces[island == "head"], faces[island == neighbour])


def _eye(rim: np.ndarray) -> np.ndarray:
    """Six points [6, 3] of the left eye from its rim [N, 3]: inner corner, upper lid, outer corner, lower lid back."""
    inner, outer = rim[np.argmin(rim[:, 0])], rim[np.argmax(rim[:, 0])]
    line = np.interp(rim[:, 0], (inner[0], outer[0]), (inner[1], outer[1]))
    upper, lower = rim[rim[:, 1] > line], rim[rim[:, 1] < line]

    def at(lid: np.ndarray, share: float) -> np.ndarray:
        return lid[np.abs(lid[:, 0] - (inner[0] + share * (outer[0] - inner[0]))).argmin()]

    return np.array([inner, at(upper, 1 / 3), at(upper, 2 / 3), outer, at(lower, 2 / 3), at(lower, 1 / 3)])


def _outer_lips(template: np.ndarray, faces: np.ndarray, island: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """Twelve points [12, 3] around the lips, whose membership is `lips` [V], from the corner on the right."""
    red = template[np.intersect1d(np.unique(faces[island == "head"]), np.flatnonzero(lips > 0.35))]
    inner = template[_shared(faces, island, "mouth")]
    corner = red[red[:, 0].argmax()]
    middle = inner[:, 1].mean()

    def edge(share: float, up: bool) -> np.ndarray:
        near = red[np.abs(red[:, 0] - share * corner[0]) < 0.0025]
        near = near[near[:, 1] > middle] if up else near[near[:, 1] < middle]
        return near[np.argmax(near[:, 1]) if up else np.argmin(near[:, 1])]

    flip = np.array([-1, 1, 1])
    side, peak = edge(0.62, True), edge(0.22, True)
    low_side, low = edge(0.62, False), edge(0.3, False)
    upper = [corner * flip, side * flip, peak * flip, edge(0, True) * (0, 1, 1), peak, side, corner]
    return np.array([*upper, low_side, low, edge(0, False) * (0, 1, 1), low * flip, low_side * flip])


def _inner_lips(rim: np.ndarray) -> np.ndarray:
    """Eight points [8, 3] of the inner lips from their rim [N, 3], from the corner on the right."""
    corner = rim[np.argmax(rim[:, 0])]

    def at(share: float, up: bool) -> np.ndarray:
        near = rim[np.argsort(np.abs(rim[:, 0] - share * corner[0]))[:4]]
        return near[np.argmax(near[:, 1]) if up else np.argmin(near[:, 1])]

    flip = np.array([-1, 1, 1])
    upper, lower = at(0.4, True), at(0.4, False)
    top = [corner * flip, upper * flip, at(0, True) * (0, 1, 1), upper, corner]
    return np.array([*top, lower, at(0, False) * (0, 1, 1), lower * flip])


def _hit(corners: np.ndarray, origin: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The first intersection [3] of a ray with triangles [F, 3, 3] (Moeller and Trumbore 1997); ValueError if none."""
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = np.cross(direction, ac)
    scale = (ab * p).sum(1)
    scale = np.where(np.abs(scale) < 1e-15, np.nan, scale)
    t = origin - a
    u = (t * p).sum(1) / scale
    q = np.cross(t, ab)
    v = (q @ direction) / scale
    depth = (ac * q).sum(1) / scale
    hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (depth > 0)
    if not hit.any():
        raise ValueError(f"no skin on the ray from {origin} along {direction}")
    return origin + depth[hit].min() * direction


def _locate(corners: np.ndarray, point: np.ndarray) -> tuple[int, np.ndarray]:
    """The triangle that a point [3] of the surface is on, and its barycentric weights [3] there."""
    weights = np.clip(project_onto_triangles(point, corners), 0, None)
    weights /= weights.sum(1, keepdims=True)
    distance = np.linalg.norm(np.einsum("fk,fkc->fc", weights, corners) - point, axis=1)
    best = int(np.nanargmin(distance))
    return best, weights[best]
