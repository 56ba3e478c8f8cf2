"""The point of a triangle that is closest to another point."""

from __future__ import annotations

import numpy as np


def closest_on_triangles(points: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where triangles [..., 3, 3] are closest to points [..., 3].

    Returns the barycentric weights [..., 3] of the closest point and its distance [...]. It is the orthogonal
    projection if that is inside the triangle, else the closest point of the three edges (Ericson, Real-Time
    Collision Detection, 2005, section 5.1.5).
    """
    inside = project_onto_triangles(points, corners)
    options = [np.where((inside >= 0).all(-1, keepdims=True), inside, (1.0, 0, 0))]
    for first, second in ((0, 1), (1, 2), (2, 0)):
        start, edge = corners[..., first, :], corners[..., second, :] - corners[..., first, :]
        along = ((points - start) * edge).sum(-1) / np.maximum((edge * edge).sum(-1), 1e-300)
        along = np.clip(along, 0, 1)
        option = np.zeros_like(inside)
        option[..., first], option[..., second] = 1 - along, along
        options.append(option)
    weights = np.stack(options)
    distance = np.linalg.norm(np.einsum("o...c,...ci->o...i", weights, corners) - points, axis=-1)
    best = distance.argmin(0)[None]
    return np.take_along_axis(weights, best[..., None], 0)[0], np.take_along_axis(distance, best, 0)[0]


def project_onto_triangles(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Barycentric weights [..., 3] of the orthogonal projections of points [..., 3] onto the planes of triangles.

    `corners` is [..., 3, 3]. Weights are negative outside a triangle, and NaN where it has no area.
    """
    a, b, c = np.moveaxis(corners, -2, 0)
    ab, ac, ap = b - a, c - a, points - a
    d00, d01, d11 = (ab * ab).sum(-1), (ab * ac).sum(-1), (ac * ac).sum(-1)
    d20, d21 = (ap * ab).sum(-1), (ap * ac).sum(-1)
    area = d00 * d11 - d01**2
    area = np.where(area > 0, area, np.nan)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    return np.stack([1 - v - w, v, w], -1)
