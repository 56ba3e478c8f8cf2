"""What a face detector returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from painctl.detect.framing import box_of_points, quarter_turns

_OVERLAP = 0.4  # intersection over union from which two boxes are of the same face


@dataclass(frozen=True, eq=False)
class Faces:
    """N faces from left to right. A box is a square, brows to chin (see `framing`); it may leave the picture."""

    boxes: np.ndarray  # float32 [N, 4], left, top, right, bottom, pixels
    scores: np.ndarray  # float32 [N], on the detector's own scale
    turns: np.ndarray  # int [N], clockwise quarter turns by which a face is turned, 0..3: 1 if its chin is to the left

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def largest(self) -> int:
        """The index of the largest face."""
        return int((self.boxes[:, 3] - self.boxes[:, 1]).argmax())


def scaled_to(image: np.ndarray, sides: Sequence[int], enlarged: float = 1.0) -> Iterator[tuple[np.ndarray, float]]:
    """A picture [H, W, 3] with its longer side at most each of `sides`, and its scale to the original.

    It is enlarged at most by the factor `enlarged`. Equal scales come once.
    """
    for scale in sorted({min(side / max(image.shape[:2]), enlarged) for side in sides}):
        size = [max(1, round(length * scale)) for length in image.shape[1::-1]]
        yield cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale <= 1 else cv2.INTER_CUBIC), scale


Detector = Callable[[np.ndarray], Faces]  # takes a contiguous uint8 RGB [H, W, 3]


def suppress_overlaps(boxes: np.ndarray, scores: np.ndarray, turns: np.ndarray | None = None) -> Faces:
    """Non-maximum suppression: of boxes [N, 4] that overlap, keep the one with the highest score [N].

    `turns` int [N] are as in `Faces`; by default all are upright.
    """
    boxes, scores = np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(scores, np.float32)
    corners = np.c_[boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]  # OpenCV's form: left, top, width, height
    ranks = 1.0 + scores.argsort(kind="stable").argsort(kind="stable")  # OpenCV accepts positive scores only
    kept = np.array(cv2.dnn.NMSBoxes(corners.tolist(), ranks.tolist(), 0.0, _OVERLAP), int).reshape(-1)
    kept = kept[np.argsort(boxes[kept, 0], kind="stable")]
    return Faces(boxes[kept], scores[kept], np.zeros(len(kept), int) if turns is None else np.asarray(turns, int)[kept])


def faces_of_points(points: np.ndarray, scores: np.ndarray) -> Faces:
    """The faces with these five points [N, 5, 2], as of `box_of_points`, and scores [N]; several may be of one face."""
    boxes, turns = (np.array([measure(face) for face in points]) for measure in (box_of_points, quarter_turns))
    return suppress_overlaps(boxes, scores, turns)
