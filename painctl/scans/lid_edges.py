"""Where the lids of a mesh end: the outline of what is seen of an eyeball from in front.

Meshes differ in what is behind the lids (nothing, a socket of its own, a skin that closes behind the eyeball), but not
in front of them.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.face.shell import Slit
from painctl.records import Camera
from painctl.render.rasterise_opencv import OpenCVRasteriser

_PIXELS, _HALF = 320, 0.024  # of the picture of an eye, and half its width in metres
_AWAY = 2.0  # metres from the camera to the eye: nearly parallel rays
_SINK = 0.97  # of the eyeball's radius, so that lids that touch it hide it
_LEAST = 400  # pixels of an eyeball that is seen


def lid_edges(
    slit: Slit, vertices: np.ndarray, ball: tuple[np.ndarray, np.ndarray], surface: np.ndarray, skin: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """The vertices int [N] of an eye's slit, and where they belong on a mesh, [N, 3]; None for a closed eye.

    `vertices` [V, 3] are those of the head whose slit it is, `ball` the vertices [B, 3] and triangles [G, 3] of the
    mesh's eyeball, `surface` [U, 3] the vertices of the mesh, `skin` [F, 3] its skin.
    """
    points, triangles = ball
    centre = points.mean(0)
    nearby = skin[
        (np.abs(surface[skin][..., :2] - centre[:2]).max((1, 2)) < 1.5 * _HALF) & _in_front(surface, skin, centre)
    ]
    merged = np.concatenate([surface, centre + _SINK * (points - centre)])
    faces = np.concatenate([nearby, triangles + len(surface)]).astype(np.int32)
    buffer = OpenCVRasteriser()(merged.astype(np.float32), faces, _camera(centre))
    is_ball = (buffer.face >= len(nearby)).astype(np.uint8)
    count, label, stats, _ = cv2.connectedComponentsWithStats(is_ball)
    if count < 2 or stats[1:, cv2.CC_STAT_AREA].max() < _LEAST:
        return None
    eye = label == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
    columns = np.flatnonzero(eye.any(0))
    top, bottom = eye.argmax(0)[columns], len(eye) - 1 - eye[::-1].argmax(0)[columns]
    middle = (top + bottom) / 2
    upper = np.stack([columns, top - 0.5], 1)
    lower = np.stack([columns, bottom + 0.5], 1)
    corners = np.array([[columns[0] - 0.5, middle[0]], [columns[-1] + 0.5, middle[-1]]])
    edges = [np.concatenate([corners[:1], edge, corners[1:]]) for edge in (upper, lower)]
    depth = _skin_depth(buffer.depth, (buffer.face >= 0) & (buffer.face < len(nearby)))
    curves = [_lifted(edge, depth, centre) for edge in edges]
    goal = Slit(np.arange(len(curves[0])), np.arange(len(curves[0]), len(curves[0]) + len(curves[1])))
    return slit.onto(vertices, goal, np.concatenate(curves))


def _in_front(surface: np.ndarray, skin: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Whether each triangle of the skin is in front of an eyeball's centre, bool [F]: not the back of the head."""
    return surface[skin][..., 2].min(1) > centre[2]


def _camera(centre: np.ndarray) -> Camera:
    """A camera in front of an eye, which looks back along z."""
    extrinsics = np.eye(4)
    extrinsics[:3, :3] = np.diag([1.0, -1.0, -1.0])
    extrinsics[:3, 3] = [0, 0, _AWAY] - extrinsics[:3, :3] @ centre
    focal = _PIXELS / 2 * _AWAY / _HALF
    return Camera(np.array([[focal, 0, _PIXELS / 2], [0, focal, _PIXELS / 2], [0, 0, 1]]), extrinsics, _PIXELS)


def _skin_depth(depth: np.ndarray, is_skin: np.ndarray) -> np.ndarray:
    """The depth of the nearest pixel of skin at each pixel, [S, S]."""
    _, label = cv2.distanceTransformWithLabels(
        (~is_skin).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    by_label = np.zeros(label.max() + 1, np.float32)
    by_label[label[is_skin]] = depth[is_skin]
    return by_label[label]


def _lifted(edge: np.ndarray, depth: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Points [N, 3] of the head at pixels [N, 2], smoothed along the edge."""
    smooth = cv2.GaussianBlur(edge.astype(np.float64), (1, 9), 0, borderType=cv2.BORDER_REPLICATE)
    smooth[[0, -1]] = edge[[0, -1]]
    row, column = (np.clip(np.rint(smooth[:, axis]).astype(int), 0, _PIXELS - 1) for axis in (1, 0))
    away = depth[row, column].astype(np.float64)
    x, y = ((smooth + 0.5 - _PIXELS / 2) * (away / (_PIXELS / 2 * _AWAY / _HALF))[:, None]).T
    return centre + np.stack([x, -y, _AWAY - away], 1)
