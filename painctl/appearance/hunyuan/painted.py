"""The output of the paint pipeline: NAME.obj, NAME.jpg (base colour), NAME_metallic.jpg and NAME_roughness.jpg.

Only these files are opened; file names inside NAME.obj and NAME.mtl are ignored.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from painctl.appearance.hunyuan.wavefront import Unwrapped, read_obj
from painctl.images.claims import check_jpeg

_ENDS = b"\xff\xd8\xff\xd9"  # of a whole JPEG
_LARGEST = 64 << 20  # bytes of a file; maps of 2,048 texels have about 2 million
_TEXELS = (16, 8192)  # width of a map


@dataclass(frozen=True, eq=False)
class Painted:
    """Maps of P x P texels on a re-unwrapped mesh; the top row is v = 1."""

    mesh: Unwrapped
    colour: np.ndarray  # uint8 [P, P, 3], sRGB base colour
    metallic: np.ndarray  # uint8 [P, P]
    roughness: np.ndarray  # uint8 [P, P], the square root of GGX's alpha


def read_painted(obj: Path) -> Painted:
    """The mesh at `obj` and its maps. Raises ValueError that names the missing or invalid file."""
    maps = {}
    for name, ending, flag in (
        ("colour", "", cv2.IMREAD_COLOR_RGB),
        ("metallic", "_metallic", cv2.IMREAD_GRAYSCALE),
        ("roughness", "_roughness", cv2.IMREAD_GRAYSCALE),
    ):
        path = obj.with_name(f"{obj.stem}{ending}.jpg")
        maps[name] = _read_map(path, flag | cv2.IMREAD_IGNORE_ORIENTATION)
        if maps[name].shape[:2] != maps["colour"].shape[:2]:
            raise ValueError(f"{path.name} of the paint pipeline is not as large as {obj.stem}.jpg")
    data = _read_file(obj)
    try:
        return Painted(read_obj(data), **maps)
    except ValueError as error:
        raise ValueError(f"{obj.name} of the paint pipeline: {error}") from None


def _read_map(path: Path, flags: int) -> np.ndarray:
    data = _read_file(path)
    try:
        check_jpeg(data)
        # libjpeg only warns about a truncated picture, on stderr, and fills it up with grey
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data[:2] + data[-2:] == _ENDS else None
    except (cv2.error, MemoryError, ValueError):
        picture = None
    if picture is None:
        raise ValueError(f"{path.name} of the paint pipeline is not a complete JPEG")
    height, width = picture.shape[:2]
    if height != width or not _TEXELS[0] <= width <= _TEXELS[1]:
        expected = f"a square of {_TEXELS[0]} to {_TEXELS[1]}"
        raise ValueError(f"{path.name} of the paint pipeline has {width} x {height} texels; expected {expected}")
    return picture


def _read_file(path: Path) -> bytes:
    """The contents of a regular file. Raises ValueError if it is missing, something else, or too large."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # follow no link, wait for no pipe
    except OSError:
        raise ValueError(f"{path.name} was not written by the paint pipeline") from None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise ValueError(f"{path.name} of the paint pipeline is not a regular file of at most {_LARGEST >> 20} MiB")
        return file.read(_LARGEST)
