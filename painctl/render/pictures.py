"""The user's own pictures as backgrounds: a folder of JPEG and PNG files, one of which is drawn for each frame."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from painctl.render.encode import decode
from painctl.render.tone import to_linear

_SUFFIXES = (".jpg", ".jpeg", ".png")
_LARGEST = 64 << 20  # bytes of a file
_SIDE = 768  # pixels of a picture's shorter side that are kept
_KEPT = 32  # decoded pictures, 2 to 4 MB each


class Pictures:
    """A folder's pictures in the order of their names."""

    def __init__(self, folder: Path) -> None:
        """Raises NotADirectoryError, and ValueError for a folder that holds none. Links out of it are left alone."""
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder}: not a folder of background pictures")
        inside = folder.resolve()
        self._files = sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in _SUFFIXES and path.is_file() and path.resolve().is_relative_to(inside)
        )
        if not self._files:
            raise ValueError(f"{folder}: holds no .jpg or .png picture for a background")
        self._read = lru_cache(maxsize=_KEPT)(_read)

    def __len__(self) -> int:
        return len(self._files)

    @property
    def digest(self) -> str:
        """SHA-256 of the names, in order: with it a shard remembers which list its frames drew from."""
        return hashlib.sha256("\0".join(path.name for path in self._files).encode()).hexdigest()

    def crop(self, index: int, x: float, y: float, size: int) -> np.ndarray:
        """The largest square of a picture, at the share x and y of the room that there is: linear, [size, size, 3].

        Raises ValueError for a file that is no picture.
        """
        picture = self._read(self._files[index])
        side = min(picture.shape[:2])
        top, left = (round(share * (length - side)) for share, length in zip((y, x), picture.shape, strict=False))
        square = picture[top : top + side, left : left + side]
        way = cv2.INTER_AREA if side >= size else cv2.INTER_LINEAR
        return to_linear(cv2.resize(square, (size, size), interpolation=way))


def _read(path: Path) -> np.ndarray:
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path}: larger than {_LARGEST >> 20} MiB; scale it down")
    try:
        picture = decode(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    picture = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    scale = _SIDE / min(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
