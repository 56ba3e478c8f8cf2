"""How well a face is shown: its size in the picture, how sharp it is, how far turned, and how much of it is hidden.

The limits of size and sharpness are the edge of what `pretrain --augment strong` shows a model: faces of 17 pixels, and
a blur of deviation 2 % of the side of the model's picture, 3 % of a face's box. Those of pose and of what is hidden are
round figures: beyond, few faces were shown to the model that comes with painctl, and its scores fall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from painctl.detect.framing import CENTRE, FACE
from painctl.images.resize import center_crop

if TYPE_CHECKING:
    from painctl.aligner.aligner import Landmarks
    from painctl.prediction.cropping import FaceCrop

LEAST_PIXELS: Final = 17
MOST_YAW: Final = 45.0  # degrees, to either side
MOST_PITCH: Final = 30.0  # degrees, up or down
MOST_HIDDEN: Final = 0.4  # of the landmarks
MOST_ERROR: Final = 0.06  # of the landmarks, over the side of the face's box; see tests/benchmarks/aligner.py
LEAST_SHARPNESS: Final = 0.35  # see tests/benchmarks/quality.py
LEAST_LIKENESS: Final = 0.1  # of two faces of one person, -1..1; see tests/benchmarks/likeness.py
WARNINGS: Final = ("small face", "blurred face", "turned face", "hidden face", "unclear face")
OTHER_PERSON: Final = "another person?"
_SIDE = 64  # pixels to which a face is scaled to measure its sharpness: about what models are given
_ROUNDING = 1e-3  # grey levels by which neighbours differ in a uniform picture, once it is scaled
_WINDOW = 9  # pixels that are averaged, as in the publication


@dataclass(frozen=True)
class Quality:
    """The quality of a face."""

    face_pixels: float  # side of the face's box, brows to chin, in the picture
    sharpness: float  # 0..1, see `sharpness`
    yaw: float  # degrees, of the head to its own left
    pitch: float  # degrees, positive looks up
    roll: float  # degrees, towards the left shoulder in the picture, -180..180
    hidden: float  # 0..1, share of the landmarks that are hidden or outside the picture
    landmark_error: float  # expected of the landmarks' coordinates, over the side of the face's box

    @property
    def warnings(self) -> dict[str, str]:
        """What makes an estimate less reliable, in a few words, with the figures."""
        small, blurred, turned, hidden, unclear = WARNINGS
        warnings = {}
        if self.face_pixels < LEAST_PIXELS:
            warnings[small] = f"{self.face_pixels:.0f} pixels from brows to chin, below {LEAST_PIXELS}"
        if self.sharpness < LEAST_SHARPNESS:
            warnings[blurred] = f"sharpness {self.sharpness:.2f}, below {LEAST_SHARPNESS}"
        if abs(self.yaw) > MOST_YAW or abs(self.pitch) > MOST_PITCH:
            warnings[turned] = f"yaw {self.yaw:.0f} and pitch {self.pitch:.0f} degrees"
        if self.hidden > MOST_HIDDEN:
            warnings[hidden] = f"{self.hidden:.0%} of its landmarks are hidden"
        if self.landmark_error > MOST_ERROR:
            warnings[unclear] = f"landmarks uncertain by {self.landmark_error:.0%} of the face"
        return warnings


def quality_of(crop: FaceCrop, landmarks: Landmarks) -> Quality:
    """The quality of a face from its crop and the landmarks in it."""
    face = crop.picture
    size = FACE * min(face.shape[:2])
    return Quality(
        size,
        sharpness(face_box(face)),
        landmarks.yaw,
        landmarks.pitch,
        (landmarks.roll + 90 * crop.turns + 180) % 360 - 180,
        landmarks.hidden,
        float(landmarks.spread.mean()) / size,
    )


def face_box(face: np.ndarray) -> np.ndarray:
    """The box of a face, brows to chin, in its crop [H, W, 3]."""
    height, width = face.shape[:2]
    side = min(height, width)
    size = max(1, round(FACE * side))
    left, top = (round(CENTRE[0] * side - size / 2), round(CENTRE[1] * side - size / 2))
    top, left = max(0, top) + (height - side) // 2, max(0, left) + (width - side) // 2
    return face[top : top + size, left : left + size]


def sharpness(box: np.ndarray) -> float:
    """The sharpness of a face, from its box, uint8 RGB [S, S, 3]: 0 for a uniform picture, up to 1.

    One less the blur of Crete, Dolmiere, Ladret and Nicolas (SPIE 6492, 2007): the share of the differences between
    neighbouring pixels that averaging removes, in the direction in which it removes less. Contrast does not change it;
    noise counts as sharp.
    """
    # as real numbers: after strong blur, the steps of 8 bits would count as edges
    grey = cv2.cvtColor(box.astype(np.float32), cv2.COLOR_RGB2GRAY)
    scaled = center_crop(grey, _SIDE, 1.0)
    return min(_removed(scaled), _removed(scaled.T))


def _removed(grey: np.ndarray) -> float:
    """The share of the differences down the columns that averaging down the columns removes."""
    averaged = cv2.blur(np.ascontiguousarray(grey), (1, _WINDOW), borderType=cv2.BORDER_REFLECT)
    before, after = (np.abs(np.diff(picture, axis=0)) for picture in (grey, averaged))
    if before.mean() < _ROUNDING:
        return 0.0
    return float(np.maximum(before - after, 0).sum() / before.sum())
