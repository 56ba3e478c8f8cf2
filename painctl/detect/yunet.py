"""Face detection with YuNet, a small convolutional network, from the user's own file.

The file is face_detection_yunet_2023mar.onnx (MIT,
230 kB) from OpenCV's model zoo; no package on PyPI includes it, and painctl downloads nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.detect.faces import Faces, faces_of_points, scaled_to
from painctl.images.silence import silenced

_SIDES = (640, 1920)  # pixels of the picture's longer side; the second is tried if no face is detected at the first
_SCORE = 0.7


class YuNet:
    """A detector for `detection.detect_faces`."""

    def __init__(self, file: bytes) -> None:
        """`file` is the content of the ONNX file. Raises ValueError if it is not a YuNet network."""
        network = np.frombuffer(file, np.uint8)
        try:
            with silenced():
                self._network = cv2.FaceDetectorYN.create("onnx", network, np.empty(0, np.uint8), (320, 320), _SCORE)
                self._network.detect(np.zeros((320, 320, 3), np.uint8))
        except (cv2.error, MemoryError, SystemError):
            raise ValueError("not a YuNet network") from None

    def __call__(self, image: np.ndarray) -> Faces:
        """The faces in a picture, uint8 RGB [H, W, 3]."""
        detections = np.empty((0, 15))
        for scaled, scale in scaled_to(image, _SIDES):
            self._network.setInputSize(scaled.shape[1::-1])
            _, rows = self._network.detect(np.ascontiguousarray(scaled[..., ::-1]))
            if rows is not None and len(rows):
                detections = rows / [*np.full(14, scale), 1.0]
                break
        return faces_of_points(detections[:, 4:14].reshape(-1, 5, 2), detections[:, 14])
