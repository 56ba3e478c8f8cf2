"""Whether a drawn face matches its depth map.

Agreement measured on 24 rendered portraits of 512 pixels, of all haircuts, with hair, clothing and backgrounds:

    unchanged                     1.000 at least
    moved sideways by 5 pixels    0.90 at most, by 10 pixels 0.81
    moved upwards by 5 pixels     1.000, by 10 pixels 0.999, by 20 pixels 0.98: a face's sides hardly depend on height
    5 % larger or smaller         0.89 at most; 10 % smaller 0.99 in one portrait, whose hair changed the outline
    noise                         0, since no face is detected

Vertical shifts are limited by the overlap of the detected face with the landmarks' box, which must be 60 %; in the
portraits above it is 80 to 99 %.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.detect.detection import detect_faces
from painctl.detect.framing import box_of_points, five_points
from painctl.render.head_view import HeadView

ENOUGH = 0.95  # least agreement of a face that matches the depth map
_OVERLAP = 0.6  # least intersection over union of the detected face and the landmarks' box
_NEAR = 5  # pixels of 512 around the face within which the outline bounds it
_REACH, _STEP = 40, 2  # pixels of 512 by which the outline is displaced, to either side
_SCALES = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15)
_BLUR = 2.0  # pixels of 512
_STRONG = 4.0  # CIELAB per pixel of 512 at which an edge saturates: an outline is long rather than strong
_POINTS = 150  # on the outline


def agreement(portrait: np.ndarray, view: HeadView) -> float:
    """How well a portrait uint8 [H, H, 3] fits the outline of the head that its camera sees, 0..1.

    The share of displaced outlines, moved and scaled, along which the portrait has weaker edges than along the true
    one, so that it does not depend on the contrast of the portrait. 0 if no face is detected around the landmarks. Only
    the outline of the face is used, since hair and clothing hide the rest.
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
    undisplaced = _strength(edges, points, normals, np.zeros(1))
    return float((np.concatenate(strengths) < undisplaced).mean())


def _overlap(portrait: np.ndarray, landmarks: np.ndarray) -> float:
    """Intersection over union of the detected face and the landmarks' box; the best of several faces."""
    expected = box_of_points(five_points(landmarks))
    return max((_intersection_over_union(box, expected) for box in detect_faces(portrait).boxes), default=0.0)


def _intersection_over_union(a: np.ndarray, b: np.ndarray) -> float:
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    inside = float(np.prod(sides.clip(0)))
    return inside / (float(np.prod(a[2:] - a[:2])) + float(np.prod(b[2:] - b[:2])) - inside)


def _outline(view: HeadView) -> tuple[np.ndarray, np.ndarray]:
    """Points float [N, 2] of the head's outline around the face, and its unit normals [N, 2]."""
    unit = len(view.head) / 512
    size = 2 * round(_NEAR * unit / 2) + 1
    face = cv2.dilate((view.regions["face"] > 0.5).astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    head = view.head.astype(np.uint8)
    # the border of the picture is not part of the outline
    edge = view.head & (cv2.erode(head, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE) == 0)
    rows, columns = np.nonzero(edge & face)
    sample = np.unique(np.linspace(0, max(len(rows) - 1, 0), min(len(rows), _POINTS)).astype(int))
    rows, columns = rows[sample], columns[sample]
    down, right = np.gradient(cv2.GaussianBlur(head.astype(np.float32), (0, 0), 3 * unit))
    normals = np.stack([right[rows, columns], down[rows, columns]], axis=1)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.stack([columns, rows], axis=1).astype(float), normals / np.maximum(length, 1e-9)


def _edges(portrait: np.ndarray, unit: float) -> np.ndarray:
    """The structure tensor xx, xy, yy of a picture in CIELAB per pixel of 512, float32 [H, H, 3]."""
    lab = cv2.cvtColor(portrait.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    down, right, _ = np.gradient(cv2.GaussianBlur(lab, (0, 0), _BLUR * unit))
    return unit**2 * np.stack([(right * right).sum(2), (right * down).sum(2), (down * down).sum(2)], axis=2)


def _strength(edges: np.ndarray, points: np.ndarray, normals: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Mean edge strength across an outline moved right by each of `moves`, at most `_STRONG` at each point: [M]."""
    at = (points[None] + np.stack([moves, 0 * moves], axis=1)[:, None]).astype(np.float32)
    tensor = cv2.remap(edges, at[..., 0].copy(), at[..., 1].copy(), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    x, y = normals.T
    squared = tensor[..., 0] * x * x + 2 * tensor[..., 1] * x * y + tensor[..., 2] * y * y
    return np.minimum(np.sqrt(np.maximum(squared, 0)), _STRONG).mean(axis=1)
