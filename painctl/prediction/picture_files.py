"""Picture files, read upright as 8-bit RGB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from painctl.files.names import printable
from painctl.files.reading import read_bytes
from painctl.images.any_format import decode_any
from painctl.images.silence import silenced
from painctl.prediction.shots import Shot

_LARGEST = 256_000_000  # bytes of a file


class Picture:
    """A picture file as a source of one shot."""

    is_video = has_references = False
    count = 1
    is_complete = True

    def __init__(self, path: Path, name: str = "") -> None:
        """`name` is the name of the shot, by default the path as printable text."""
        self.name, self._path = name or printable(path), path

    def __iter__(self) -> Iterator[Shot]:
        yield Shot(self.name, lambda: read_picture(self._path))

    def remark(self) -> str:
        return ""


def read_picture(path: Path) -> np.ndarray:
    """A picture file as uint8 RGB [H, W, 3].

    Converts 16 bits to 8, grey and CMYK to RGB, drops an alpha channel, and applies the orientation. Raises ValueError
    for a file that is not a regular one, cannot be decoded, holds several pictures or is too large
    (`images.limits`), OSError if it cannot be read.
    """
    data = read_bytes(path, _LARGEST)
    with silenced():
        return decode_any(data, str(path))
