"""Picture files, read upright as 8-bit RGB."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from painctl.images.encode import decode_rgb
from painctl.images.header import image_size, reject_huge
from painctl.images.silence import silenced
from painctl.prediction.shots import Shot

_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")  # brands after ISO 14496-12's "ftyp"


class Picture:
    """A picture file as a source of one shot."""

    is_video = has_references = False
    count = 1
    is_complete = True

    def __init__(self, path: Path, name: str = "") -> None:
        """`name` is the name of the shot, by default the path."""
        self.name, self._path = name or str(path), path

    def __iter__(self) -> Iterator[Shot]:
        yield Shot(self.name, lambda: read_picture(self._path))

    def remark(self) -> str:
        return ""


def read_picture(path: Path) -> np.ndarray:
    """A picture file as uint8 RGB [H, W, 3].

    Converts 16 bits to 8, grey and CMYK to RGB, drops an alpha channel, and applies the EXIF orientation. Raises
    ValueError for a file that cannot be decoded, holds several pictures or is too large (`images.header.MOST_PIXELS`),
    OSError if it cannot be read.
    """
    data = path.read_bytes()
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise ValueError(f"{path}: HEIC is not supported; save the picture as JPEG or PNG")
    if size := _size(data):
        reject_huge(size, str(path))
    with silenced():
        count = cv2.imcount(str(path)) if data else 0
        if count > 1:
            raise ValueError(f"{path}: holds {count} pictures; save the one you want as a file of its own")
        return decode_rgb(data, str(path))


def _size(data: bytes) -> tuple[int, int] | None:
    """The size from the header; None for other formats, whose size OpenCV limits, and for a damaged header."""
    with contextlib.suppress(ValueError):
        return image_size(io.BytesIO(data))
    return None
