"""Detecting faces with any detector."""

from __future__ import annotations

import numpy as np

from painctl.detect import hog
from painctl.detect.faces import Detector, Faces


def detect_faces(image: np.ndarray, detector: Detector | None = None) -> Faces:
    """The faces in a picture, uint8 RGB [H, W, 3]. The default detector, `hog.detect`, needs no file."""
    return (detector or hog.detect)(np.ascontiguousarray(image))
