"""What a face detector returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

_OVERLAP = 0.4  # intersection over union from which two boxes are of the same face


@dataclass(frozen=True, eq=False)
class Faces:
    """N faces from left to right. A box is a square, brows to chin (see `framing`); it may leave the picture."""

    boxes: np.ndarray  # float32 [N, 4], left, top, right, bottom, pixels
    scores: np.ndarray  # float32 [N], on the detector's own scale

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def largest(self) -> int:
        """The index of the largest face."""
        return int((self.boxes[:, 3] - self.boxes[:, 1]).argmax())


def shrunk(image: np.ndarray, sides: Sequence[int]) -> Iterator[tuple[np.ndarray, float]]:
    """A picture [H, W, 3] with its longer side at most each of `sides`, and its scale to the original."""
    for side in sides:
        scale = min(side / max(image.shape[:2]), 1.0)
        size = [max(1, round(length * scale)) for length in image.shape[1::-1]]
        yield cv2.resize(image, size, interpolation=cv2.INTER_AREA), scale


Detector = Callable[[np.ndarray], Faces]  # takes a contiguous uint8 RGB [H, W, 3]


def suppress_overlaps(boxes: np.ndarray, scores: np.ndarray) -> Faces:
    """Non-maximum suppression: of boxes [N, 4] that overlap, keep the one with the highest score [N]."""
    boxes, scores = np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(scores, np.float32)
    corners = np.c_[boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]  # OpenCV's form: left, top, width, height
    ranks = 1.0 + scores.argsort(kind="stable").argsort(kind="stable")  # OpenCV accepts positive scores only
    kept = np.array(cv2.dnn.NMSBoxes(corners.tolist(), ranks.tolist(), 0.0, _OVERLAP), int).reshape(-1)
    kept = kept[np.argsort(boxes[kept, 0], kind="stable")]
    return Faces(boxes[kept], scores[kept])
