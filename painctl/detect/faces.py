"""Faces found in a picture, by whichever detector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

_SAME = 0.4  # overlap, intersection over union, from which two boxes are of one face


@dataclass(frozen=True, eq=False)
class Faces:
    """N faces from left to right. A box is the square of `framing`, brows to chin; it may reach out of the picture."""

    boxes: np.ndarray  # float32 [N, 4], left, top, right, bottom, pixels
    scores: np.ndarray  # float32 [N], the detector's own

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def largest(self) -> int:
        """The index of the largest."""
        return int((self.boxes[:, 3] - self.boxes[:, 1]).argmax())


Detector = Callable[[np.ndarray], Faces]


def find_faces(image: np.ndarray, detector: Detector | None = None) -> Faces:
    """The faces of a picture, uint8 RGB [H, W, 3]; by default with `hog.detect`, which needs no file."""
    from painctl.detect import hog

    return (detector or hog.detect)(np.ascontiguousarray(image))


def gathered(boxes: np.ndarray, scores: np.ndarray) -> Faces:
    """Boxes [N, 4] with scores [N] as Faces: the best one where several overlap, from left to right."""
    boxes, scores = np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(scores, np.float32)
    corners = np.c_[boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]  # as OpenCV has it: left, top, width, height
    ranks = 1.0 + scores.argsort(kind="stable").argsort(kind="stable")  # it takes positive scores only
    kept = np.array(cv2.dnn.NMSBoxes(corners.tolist(), ranks.tolist(), 0.0, _SAME), int).reshape(-1)
    kept = kept[np.argsort(boxes[kept, 0], kind="stable")]
    return Faces(boxes[kept], scores[kept])
