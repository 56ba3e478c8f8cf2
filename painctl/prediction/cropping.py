"""From a photograph to the face that a model is asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from painctl.detect.detection import detect_faces
from painctl.detect.faces import Detector
from painctl.detect.framing import crop_face
from painctl.prediction.picture_files import read_picture

LARGEST = "largest"

Crop = Callable[[np.ndarray, str], np.ndarray]  # a picture and its name -> the face's square


class FaceError(ValueError):
    """A picture in which it is not clear which face is meant; `reason` says why in a few words."""

    def __init__(self, name: str, reason: str, advice: str) -> None:
        super().__init__(f"{name}: {reason}; {advice}")
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Cropper:
    """Finds the one face of a picture and frames it as painctl's own frames are."""

    detector: Detector | None = None  # by default the one that needs no file
    which: str = ""  # of several faces: "largest", or a number counted from the left, from 1

    def __call__(self, image: np.ndarray, name: str) -> np.ndarray:
        """The face's square of a picture, uint8 RGB [S, S, 3]. Raises FaceError if there is no one face."""
        faces = detect_faces(image, self.detector)
        found = len(faces)
        if not found:
            raise FaceError(
                name, "no face found", "--crop none takes the picture as it is, --detector finds profiles too"
            )
        if found == 1 and self.which in ("", LARGEST):
            return crop_face(image, faces.boxes[0])
        if not self.which:
            raise FaceError(
                name, f"{found} faces found", f"add --face largest, or --face 1 to {found}, counted from the left"
            )
        index = faces.largest if self.which == LARGEST else int(self.which) - 1
        if index >= found:
            raise FaceError(name, f"{found} face{'s'[: found > 1]} found", f"--face {self.which} is none of them")
        return crop_face(image, faces.boxes[index])


def read_face(path: Path, crop: Crop | None) -> np.ndarray:
    """The face in a picture file; without `crop` the whole of it. Raises ValueError or OSError that names the file."""
    image = read_picture(path)
    return crop(image, str(path)) if crop else image
