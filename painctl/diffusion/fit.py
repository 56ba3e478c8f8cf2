"""Whether a drawn face lies where the depth map has it.

Measured on 24 rendered portraits of 512 pixels, of all haircuts, with hair, clothing and backgrounds as they come:

    as it is                      1.000 at least
    moved sideways by 5 pixels    0.90 at most, by 10 pixels 0.81
    moved upwards by 5 pixels     1.000, by 10 pixels 0.999, by 20 pixels 0.98: a face's sides say little of its height
    5 % larger or smaller         0.89 at most; 10 % smaller 0.99 in one portrait, whose hair made another outline
    noise                         0, since no face is found

Upwards, the face that is found must still share 60 % with the landmarks' box, 80 to 99 % in the portraits above.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.detect.detection import detect_faces
from painctl.detect.framing import box_of_points, five_points
from painctl.render.head_view import HeadView

ENOUGH = 0.95  # agreement from which a face counts as lying on the outline
_OVERLAP = 0.6  # of the face's box that is found with that of the landmarks
_NEAR = 5  # pixels of 512 within which the outline is the face's
_REACH, _STEP = 40, 2  # pixels of 512 that the outline is moved, to either side
_SCALES = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15)
_BLUR = 2.0  # pixels of 512
_STRONG = 4.0  # CIELAB a pixel of 512, from which an edge counts no more: an outline is long, not loud
_POINTS = 150  # of the outline


def agreement(portrait: np.ndarray, view: HeadView) -> float:
    """How well a portrait uint8 [H, H, 3] fits the outline of the head that its camera sees, 0..1.

    The share of displaced outlines, moved and scaled, on which the portrait has weaker edges than on the true one: it
    does not depend on how strong a portrait's edges are. 0 where no face is found about the landmarks. The outline is
    the face's own, since hair and clothing hide the rest.
    """
    if _overlap(portrait, view.landmarks) < _OVERLAP:
        return 0.0
    points, normals = _outline(view)
    if len(points) == 0:
        return 0.0
    unit = len(portrait) / 512
    edges = _edges(portrait, unit)
    centre = points.mean(axis=0)
    moves = unit * np.arange(-_REACH, _REACH + 1, _STEP)
    strengths = [
        _strength(edges, centre + scale * (points - centre) + (0, down), normals, moves)
        for scale in _SCALES
        for down in moves
    ]
    here = _strength(edges, points, normals, np.zeros(1))
    return float((np.concatenate(strengths) < here).mean())


def _overlap(portrait: np.ndarray, landmarks: np.ndarray) -> float:
    """Intersection over union of the face that is found with the landmarks' own box; of the best, if several are."""
    own = box_of_points(five_points(landmarks))
    return max((_shared(box, own) for box in detect_faces(portrait).boxes), default=0.0)


def _shared(one: np.ndarray, other: np.ndarray) -> float:
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    inside = float(np.prod(sides.clip(0)))
    return inside / (float(np.prod(one[2:] - one[:2])) + float(np.prod(other[2:] - other[:2])) - inside)


def _outline(view: HeadView) -> tuple[np.ndarray, np.ndarray]:
    """Points float [N, 2] of the head's outline that bound the face, and its normals [N, 2] there."""
    unit = len(view.head) / 512
    size = 2 * round(_NEAR * unit / 2) + 1
    face = cv2.dilate((view.regions["face"] > 0.5).astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    head = view.head.astype(np.uint8)
    # the picture's border is no outline
    edge = view.head & (cv2.erode(head, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE) == 0)
    rows, columns = np.nonzero(edge & face)
    kept = np.unique(np.linspace(0, max(len(rows) - 1, 0), min(len(rows), _POINTS)).astype(int))
    rows, columns = rows[kept], columns[kept]
    down, right = np.gradient(cv2.GaussianBlur(head.astype(np.float32), (0, 0), 3 * unit))
    normals = np.stack([right[rows, columns], down[rows, columns]], axis=1)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.stack([columns, rows], axis=1).astype(float), normals / np.maximum(length, 1e-9)


def _edges(portrait: np.ndarray, unit: float) -> np.ndarray:
    """The structure tensor xx, xy, yy of a picture in CIELAB a pixel of 512, float32 [H, H, 3]."""
    lab = cv2.cvtColor(portrait.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    down, right, _ = np.gradient(cv2.GaussianBlur(lab, (0, 0), _BLUR * unit))
    return unit**2 * np.stack([(right * right).sum(2), (right * down).sum(2), (down * down).sum(2)], axis=2)


def _strength(edges: np.ndarray, points: np.ndarray, normals: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """The mean strength of edges across an outline, at most `_STRONG` a point, moved right by each of `moves`: [M]."""
    at = (points[None] + np.stack([moves, 0 * moves], axis=1)[:, None]).astype(np.float32)
    tensor = cv2.remap(edges, at[..., 0].copy(), at[..., 1].copy(), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    x, y = normals.T
    squared = tensor[..., 0] * x * x + 2 * tensor[..., 1] * x * y + tensor[..., 2] * y * y
    return np.minimum(np.sqrt(np.maximum(squared, 0)), _STRONG).mean(axis=1)
