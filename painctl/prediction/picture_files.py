"""Picture files of all kinds, read upright as 8-bit RGB."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from painctl.images.encode import decode_rgb
from painctl.images.header import MOST_PIXELS, image_size
from painctl.images.silence import silenced
from painctl.prediction.shots import Shot

_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")  # brands after ISO 14496-12's "ftyp"


class Picture:
    """A picture file as a source of one shot."""

    is_video = has_references = False
    count = 1

    def __init__(self, path: Path) -> None:
        self.name, self._path = str(path), path

    def __iter__(self) -> Iterator[Shot]:
        yield Shot(self.name, lambda: read_picture(self._path))

    def remark(self) -> str:
        return ""


def read_picture(path: Path) -> np.ndarray:
    """A picture file as uint8 RGB [H, W, 3].

    16 bits become 8, grey and CMYK become RGB, an alpha channel is left out, and a picture that its EXIF tag says to
    turn is turned. Raises ValueError for what cannot be read, holds several pictures or has more
    than `MOST_PIXELS`, OSError if the file cannot be read.
    """
    data = path.read_bytes()
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise ValueError(f"{path}: a HEIC picture, which cannot be read; save it as JPEG or PNG")
    _refuse_huge(path, data)
    with silenced():
        several = cv2.imcount(str(path)) if data else 0
        if several > 1:
            raise ValueError(f"{path}: holds {several} pictures; save the one that is meant by itself")
        try:
            return decode_rgb(data, str(path))
        except cv2.error:  # more pixels than OpenCV reads
            raise ValueError(f"{path}: not a readable picture; give JPEG or PNG") from None


def _refuse_huge(path: Path, data: bytes) -> None:
    """A small file may unpack to what fills the memory."""
    try:
        width, height = image_size(io.BytesIO(data))
    except ValueError:  # of another kind, where OpenCV has a limit of its own; or damaged, which decoding tells
        return
    if width * height > MOST_PIXELS:
        raise ValueError(f"{path}: {width} x {height} pixels; at most {MOST_PIXELS // 1_000_000} million are read")
