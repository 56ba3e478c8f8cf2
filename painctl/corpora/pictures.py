"""The pictures of a corpus: JPEG or PNG files of a bounded size."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from painctl.files.reading import read_bytes
from painctl.images.encode import decode_rgb

SUFFIXES: Final = (".png", ".jpg", ".jpeg")
_MOST_BYTES = 128_000_000  # of a file


def read_picture(path: Path, side: int = 0) -> tuple[np.ndarray, bytes]:
    """A picture, as `images.encode.decode_rgb`, and the bytes of its file.

    Raises OSError, and ValueError that names the file, for one that cannot be read or decoded.
    """
    data = read_bytes(path, _MOST_BYTES)
    return decode_rgb(data, str(path), side), data
