"""How well a face is shown: its size in the picture, and how sharp it is.

The limits are the edge of what `pretrain --augment strong` shows a model: faces of 17 pixels, and a blur of deviation
2 % of the side of the model's picture, 3 % of a face's box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from painctl.detect.framing import CENTRE, FACE
from painctl.images.resize import center_crop

LEAST_PIXELS: Final = 17
LEAST_SHARPNESS: Final = 0.35  # see tests/benchmarks/quality.py
_SIDE = 64  # pixels to which a face is scaled to measure its sharpness: about what models are given
_ROUNDING = 1e-3  # grey levels by which neighbours differ in a uniform picture, once it is scaled
_WINDOW = 9  # pixels that are averaged, as in the publication


@dataclass(frozen=True)
class Quality:
    """The quality of a face."""

    face_pixels: float  # side of the face's box, brows to chin, in the picture
    sharpness: float  # 0..1, see `sharpness`

    @property
    def warnings(self) -> dict[str, str]:
        """What makes an estimate less reliable, in a few words, with the figures."""
        found = {}
        if self.face_pixels < LEAST_PIXELS:
            found["small face"] = f"{self.face_pixels:.0f} pixels from brows to chin, below {LEAST_PIXELS}"
        if self.sharpness < LEAST_SHARPNESS:
            found["blurred face"] = f"sharpness {self.sharpness:.2f}, below {LEAST_SHARPNESS}"
        return found


def quality_of(face: np.ndarray) -> Quality:
    """The quality of a face from its crop, framed like painctl's own frames: uint8 RGB [H, W, 3]."""
    height, width = face.shape[:2]
    side = min(height, width)
    size = max(1, round(FACE * side))
    left, top = (round(CENTRE[0] * side - size / 2), round(CENTRE[1] * side - size / 2))
    top, left = max(0, top) + (height - side) // 2, max(0, left) + (width - side) // 2
    return Quality(FACE * side, sharpness(face[top : top + size, left : left + size]))


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
