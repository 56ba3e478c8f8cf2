"""Crop the face from a photograph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from painctl.detect.detection import detect_faces
from painctl.detect.faces import Detector, Faces
from painctl.detect.framing import crop_face, photograph_in_crop
from painctl.prediction.picture_files import read_picture

LARGEST = "largest"
NO_FACE = "no face found"  # the reason of a FaceError


@dataclass(frozen=True, eq=False)
class FaceCrop:
    """The square crop of a face, framed like painctl's own frames."""

    picture: np.ndarray  # uint8 RGB [S, S, 3], the face upright to within 45 degrees
    turns: int = 0  # clockwise quarter turns by which the face is turned in the photograph
    box: np.ndarray | None = None  # float32 [4], left, top, right, bottom in the photograph; None if not detected
    score: float | None = None  # of the detector, on its own scale
    inside: np.ndarray | None = None  # float32 [4], left, top, right, bottom of the photograph in `picture`; None: all


Crop = Callable[[np.ndarray, str], FaceCrop]  # takes a picture and its name


class FaceError(ValueError):
    """A picture without a unique face; `reason` says why in a few words."""

    def __init__(self, name: str, reason: str, advice: str) -> None:
        super().__init__(f"{name}: {reason}; {advice}")
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Cropper:
    """Detects the face of a picture and crops it like painctl's own frames."""

    detector: Detector | None = None  # None: the bundled one
    face: str = ""  # which of several: "largest", or a number counted from the left, from 1; "" rejects them

    def __post_init__(self) -> None:
        if self.face not in ("", LARGEST) and not (self.face.isdecimal() and int(self.face)):
            raise ValueError(
                f"face {self.face!r}: expected {LARGEST}, or a number counted from the left, starting at 1"
            )

    def __call__(self, image: np.ndarray, name: str) -> FaceCrop:
        """The face of a picture, uint8 RGB [H, W, 3].

        Raises FaceError unless there is one face, ValueError for a picture on which the detector fails.
        """
        try:
            faces = detect_faces(image, self.detector)
        except (cv2.error, MemoryError, SystemError, RuntimeError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ValueError(f"{name}: the face detector failed on this picture: {reason}") from None
        count = len(faces)
        if not count:
            raise FaceError(
                name, NO_FACE, "use a larger or clearer picture, or --crop none if it is cropped to the face already"
            )
        if count == 1 and self.face in ("", LARGEST):
            return _cropped(image, faces, 0)
        if not self.face:
            raise FaceError(
                name, f"{count} faces found", f"add --face largest, or --face 1 to {count}, counted from the left"
            )
        index = faces.largest if self.face == LARGEST else int(self.face) - 1
        if index >= count:
            detected = f"{count} face{'s'[: count > 1]} found"
            raise FaceError(name, f"{detected}, not {self.face}", f"choose another than face {self.face}")
        return _cropped(image, faces, index)


def _cropped(image: np.ndarray, faces: Faces, index: int) -> FaceCrop:
    turns = int(faces.turns[index])
    box = faces.boxes[index]
    picture = crop_face(image, box, turns)
    return FaceCrop(picture, turns, box, float(faces.scores[index]), photograph_in_crop(image, box, turns))


def read_face(path: Path, crop: Crop | None) -> FaceCrop:
    """The face in a picture file, or without `crop` the whole picture. Raises ValueError or OSError naming the file."""
    image = read_picture(path)
    return crop(image, str(path)) if crop else FaceCrop(image)
