"""Face detection with CenterFace, a small convolutional network that also detects profiles and faces lying down.

It comes with painctl (see `centerface_network`), which uses it unless another is given; a user's own ONNX file of it
runs in OpenCV.

Of rendered faces of 22 to 115 pixels it detects 863 of 864 to a yaw of 75 degrees, and 471 of 476 with things in front
of the face and varied cameras (`tests/benchmarks/faces.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from painctl.detect.faces import Faces, faces_of_points, scaled_to
from painctl.detect.framing import box_of_points, quarter_turns

# Pixels of the picture's longer side, tried in this order. The search ends once a face is detected for certain, so that
# small ones far behind a large one, a passer-by or a picture on the wall, do not count. Smaller faces than `_LEAST` are
# detected with the wrong size and turn, so the picture is searched at the next size too.
_SIDES: Final = (256, 768, 1920)
_LEAST: Final = 24.0  # pixels, brows to chin
_MOST_TURNED: Final = 800  # pixels of the longer side: larger pictures are not searched turned, at four times the cost
_ENLARGED: Final = 2.0  # at most, for small pictures
_MULTIPLE: Final = 32  # of which the network takes sides
_STRIDE: Final = 4  # pixels of a cell of its maps
_SCORE: Final = 0.5
# A face lying on its side scores higher in the turned picture. If no face in the upright one scores more than this, the
# others are searched too, at four times the cost.
_SURE: Final = 0.8
_HANDICAPS: Final = np.array([0, 0, 0.15, 0])  # of scores, by turn: few faces are upside down, and some look like one
_NONE: Final = np.empty((0, 5, 2)), np.empty(0)

# A picture uint8 RGB [H, W, 3], sides multiples of 32 -> four float32 maps [1, C, H / 4, W / 4]: score, log of height
# and width, offset, five points
Maps = Callable[[np.ndarray], Sequence[np.ndarray]]


@dataclass(frozen=True, eq=False)
class CenterFace:
    """A detector for `detection.detect_faces`."""

    maps: Maps

    def __call__(self, image: np.ndarray) -> Faces:
        """The faces in a picture, uint8 RGB [H, W, 3]; all turned by about the same angle."""
        detected, best, is_large = _NONE, 0.0, True
        for scaled, scale in scaled_to(image, _SIDES, _ENLARGED):
            points, scores = self._at_any_turn(scaled)
            score = scores.max(initial=0)
            if score > best or (score and not is_large):
                _, top, _, bottom = box_of_points(points[scores.argmax()])
                detected, best, is_large = (points / scale, scores), score, bottom - top >= _LEAST
            if is_large and best > _SURE:
                break
        return faces_of_points(*detected)

    def _at_any_turn(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points [N, 5, 2] and scores [N] of the faces in a picture, or in that of its quarter turns with the best."""
        upright = self._upright(image)
        if upright[1].max(initial=0) > _SURE or max(image.shape) > _MOST_TURNED:
            return upright
        passes = [upright, *(self._turned(image, turns) for turns in (1, 2, 3))]
        best = [scores.max(initial=0) for _, scores in passes] - _HANDICAPS
        return passes[int(best.argmax())]

    def _turned(self, image: np.ndarray, turns: int) -> tuple[np.ndarray, np.ndarray]:
        """As `_upright`, of faces turned by `turns` clockwise quarter turns."""
        points, scores = self._upright(np.rot90(image, turns))
        for turn in range(turns, 0, -1):  # undone, the upper left corner becomes the upper right one
            width = image.shape[turn % 2]
            points = np.stack([width - points[..., 1], points[..., 0]], axis=-1)
        return points, scores

    def _upright(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points [N, 5, 2] and scores [N] of the faces that are upright to within 45 degrees, several for one face."""
        down, right = (-length % _MULTIPLE for length in image.shape[:2])
        points, scores = _decoded(*self.maps(cv2.copyMakeBorder(image, 0, down, 0, right, cv2.BORDER_CONSTANT)))
        upright = np.array([quarter_turns(face) == 0 for face in points], bool)
        return points[upright], scores[upright]


def _decoded(score: np.ndarray, size: np.ndarray, offset: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, ...]:
    """Points [N, 5, 2] and scores [N] of the faces, several for one face, from the maps; x before y, in pixels."""
    rows, columns = np.nonzero(score[0, 0] > _SCORE)
    cells = np.stack([rows, columns], axis=1)
    extents = np.exp(size[0][:, rows, columns].T) * _STRIDE  # height, width
    corners = (cells + offset[0][:, rows, columns].T + 0.5) * _STRIDE - extents / 2
    inside = points[0][:, rows, columns].T.reshape(-1, 5, 2)  # y, x as shares of the extents
    return (corners[:, None] + inside * extents[:, None])[..., ::-1], score[0, 0, rows, columns]
