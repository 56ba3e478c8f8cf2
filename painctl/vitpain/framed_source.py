"""Faces framed by their landmarks: upright, and all of one size and in one place."""

from __future__ import annotations

import numpy as np

from painctl.aligner.framing import cut_frame, frame_of
from painctl.vitpain.sources import PreparedSource


class FramedSource(PreparedSource):
    """A source with its faces framed by their landmarks."""

    def prepare(self, image: np.ndarray, landmarks: np.ndarray, side: int) -> np.ndarray:
        return cut_frame(image, frame_of(landmarks), side or min(image.shape[:2]))
