"""The faces in the pictures of a corpus: read, checked, detected and cropped like painctl's own frames."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.corpus import is_black
from painctl.corpora.faults import Fault, reason
from painctl.corpora.pictures import read_picture
from painctl.detect.detection import detect_faces
from painctl.detect.framing import crop_face
from painctl.files.names import printable
from painctl.images.resize import center_crop
from painctl.vitpain.sources import NO_PICTURE

SIZE: Final = 256  # pixels of the side of a cropped face, about that of faces in UNBC-McMaster

Read = Callable[[Path], tuple[np.ndarray, bytes]]  # a picture RGB uint8 [H, W, 3] and the bytes of its file


@dataclass(frozen=True, eq=False)
class Face:
    """A usable face, and the checksum of what it is cropped from."""

    read: Callable[[], np.ndarray]  # RGB uint8 [H, W, 3]
    checksum: int


def faces_in(paths: Sequence[Path], crop: bool, faults: list[Fault], read: Read = read_picture) -> list[Face | None]:
    """The face in each picture, in parallel; None, and a fault, for one that is unusable or shows none.

    The largest of several faces is used. Without `crop` the picture is a face already, and used unchanged.
    """

    def face(path: Path) -> tuple[Face | None, list[Fault]]:
        its_faults: list[Fault] = []
        return _face_in(path, crop, its_faults, read), its_faults

    with ThreadPoolExecutor() as pool:  # reading, decoding and detection run in parallel
        checked = list(pool.map(face, paths))
    faults += [fault for _, its_faults in checked for fault in its_faults]
    return [face for face, _ in checked]


def _face_in(path: Path, crop: bool, faults: list[Fault], read: Read) -> Face | None:
    image, checksum = checked_picture(path, faults, read)
    if not image.size:
        return None
    if not crop:
        return Face(lambda: read(path)[0], checksum)
    located = detected_face(image, printable(path.name), faults)
    return located and Face(lambda: cropped(read(path)[0], *located), checksum)


def cropped(image: np.ndarray, box: np.ndarray, turns: int) -> np.ndarray:
    """The face of a box [4] in a picture, framed like painctl's own frames and upright: uint8 [SIZE, SIZE, 3]."""
    return center_crop(crop_face(image, box, turns), SIZE, 1.0)


def checked_picture(path: Path, faults: list[Fault], read: Read = read_picture) -> tuple[np.ndarray, int]:
    """A picture and the CRC-32 of its file; an empty one and 0, and a fault, if it is unusable."""
    where = printable(path.name)
    try:
        image, data = read(path)
    except (ValueError, OSError) as error:
        faults.append(Fault("pictures that cannot be read, left out", where, reason(error, path)))
        return NO_PICTURE, 0
    if is_black(image):
        faults.append(Fault("black frames, left out", where))
        return NO_PICTURE, 0
    return image, zlib.crc32(data)


def detected_face(image: np.ndarray, where: str, faults: list[Fault]) -> tuple[np.ndarray, int] | None:
    """The box [4] of the largest face in a picture, and its quarter turns; None, and a fault, if none is detected."""
    faces = detect_faces(image)
    if not len(faces):
        faults.append(Fault("pictures without a detectable face, left out", where))
        return None
    return faces.boxes[faces.largest], int(faces.turns[faces.largest])
