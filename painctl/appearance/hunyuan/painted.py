"""What the paint pipeline leaves beside NAME.obj: NAME.jpg, the base colour, NAME_metallic.jpg and NAME_roughness.jpg.

Only these names are opened, in the folder that was made for them, and no name is taken from NAME.obj or NAME.mtl.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from painctl.appearance.hunyuan.wavefront import Unwrapped, read

_LARGEST = 64 << 20  # bytes; pictures of 2,048 texels have some 2 million
_TEXELS = (16, 8192)


@dataclass(frozen=True, eq=False)
class Painted:
    """Maps of P x P texels on a mesh that was unwrapped anew; the top row is v = 1."""

    mesh: Unwrapped
    colour: np.ndarray  # uint8 [P, P, 3], sRGB base colour
    metallic: np.ndarray  # uint8 [P, P]
    roughness: np.ndarray  # uint8 [P, P], the square root of GGX's alpha


def read_painted(obj: Path) -> Painted:
    """What is at and beside `obj`. Raises ValueError that names the file which is missing or not as it should be."""
    maps = {}
    for name, ending, flag in (
        ("colour", "", cv2.IMREAD_COLOR_RGB),
        ("metallic", "_metallic", cv2.IMREAD_GRAYSCALE),
        ("roughness", "_roughness", cv2.IMREAD_GRAYSCALE),
    ):
        path = obj.with_name(f"{obj.stem}{ending}.jpg")
        maps[name] = _picture(path, flag | cv2.IMREAD_IGNORE_ORIENTATION)
        if maps[name].shape[:2] != maps["colour"].shape[:2]:
            raise ValueError(f"{path.name} of the paint pipeline is not of the size of {obj.stem}.jpg")
    data = _bytes(obj)
    try:
        return Painted(read(data), **maps)
    except ValueError as error:
        raise ValueError(f"{obj.name} of the paint pipeline: {error}") from None


def _picture(path: Path, flags: int) -> np.ndarray:
    data = _bytes(path)
    try:
        # libjpeg fills what is missing of a picture with grey, and says so on stderr alone
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data.endswith(b"\xff\xd9") else None
    except cv2.error:  # more pixels than OpenCV reads
        picture = None
    if picture is None:
        raise ValueError(f"{path.name} of the paint pipeline is no whole JPEG picture")
    height, width = picture.shape[:2]
    if height != width or not _TEXELS[0] <= width <= _TEXELS[1]:
        raise ValueError(f"{path.name} of the paint pipeline has {width} x {height} texels; expected a square of them")
    return picture


def _bytes(path: Path) -> bytes:
    """All of a plain file. Raises ValueError if it is none, or too large to be what it should be."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # no link, no waiting for a pipe
    except OSError:
        raise ValueError(f"{path.name} was not written by the paint pipeline") from None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            raise ValueError(f"{path.name} of the paint pipeline is no file of up to {_LARGEST >> 20} MiB")
        return file.read(_LARGEST)
