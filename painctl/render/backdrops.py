"""The user's pictures as backgrounds: which picture, which part of it, how bright and how far out of focus.

A picture is converted to linear light by the inverse of the film curve (tone.py) and scaled to a random mean luminance
relative to the light on the face, so that the head and its background look like one exposure.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from painctl.files.leftovers import is_stray
from painctl.files.reading import open_regular, read_bytes
from painctl.images.encode import decode_rgb
from painctl.images.header import image_size
from painctl.images.limits import check_size
from painctl.render import background
from painctl.render.painting import defocus
from painctl.render.tone import to_radiance
from painctl.runs.draws import draws

PARAMETERS = (
    "kind",  # background.PICTURE
    "picture",  # row of `Backdrops.names`
    "side",  # of the square crop, as a share of the picture's shorter side
    "x", "y",  # position of the crop: 0 at the left or top edge, 1 at the right or bottom edge
    "mirrored",  # 0 or 1
    "light",  # 0..1, mean luminance relative to a white surface in the light on the face
    "blur",  # radius of the defocus, as a share of the crop's side
)  # fmt: skip

SUFFIXES = (".jfif", ".jpe", ".jpeg", ".jpg", ".png")
_LARGEST = 256_000_000  # bytes of a file
_GAIN = (0.4, 2.0)  # limits that keep a night darker than a day
_CACHED = 32  # pictures, scaled down
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


class Backdrops:
    """The JPEG and PNG files directly in a folder, sorted by name, without those that systems and editors leave there.

    The header of every file is checked immediately. Raises ValueError that names the file if it is not a picture, is
    too large (`images.limits`), or is a link to a file outside the folder; ValueError if the folder has no
    pictures; and OSError if the folder or a file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        files = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not is_stray(path)]
        self.names = tuple(sorted(path.name for path in files))
        if not self.names:
            raise ValueError(f"{folder}: no pictures; expected files ending in {', '.join(SUFFIXES)}")
        for name in self.names:
            _check(folder / name, folder)
        self._load = lru_cache(_CACHED)(self._read)

    def draw(self, seed: int, identity: int, purpose: str) -> np.ndarray:
        """The background of one picture: float32, in the order of `PARAMETERS`.

        Padded with zeros to the length of `background.PARAMETERS`.
        """
        generator = draws(seed, identity, purpose)
        picture, mirrored = generator.integers(len(self.names)), generator.integers(2)
        side, x, y = generator.uniform((0.65, 0.0, 0.0), 1.0)
        light, blur = generator.uniform((0.15, 0.004), (0.4, 0.02))
        values = (background.PICTURE, picture, side, x, y, mirrored, light, blur)
        return np.array([*values, *[0] * (len(background.PARAMETERS) - len(values))], np.float32)

    def paint(self, parameters: np.ndarray, size: int) -> np.ndarray:
        """Linear RGB radiance float32 [size, size, 3] for the parameters of `draw`, as from `paint_background`.

        Raises ValueError that names the file if it cannot be decoded.
        """
        row, side, x, y, mirrored, light, blur = parameters[1 : len(PARAMETERS)].tolist()
        picture = self._load(int(row), size)
        crop = max(round(side * min(picture.shape[:2])), 1)
        top, left = (round(share * (length - crop)) for share, length in zip((y, x), picture.shape[:2], strict=True))
        square = picture[top : top + crop, left : left + crop]
        scaling = cv2.INTER_AREA if crop > size else cv2.INTER_LINEAR
        square = cv2.resize(square[:, ::-1] if mirrored else square, (size, size), interpolation=scaling)
        radiance = to_radiance(square)
        gain = np.clip(light / max(float((radiance @ _LUMINANCE).mean()), 1e-3), *_GAIN)
        return defocus(radiance * np.float32(gain), blur * size)

    def _read(self, row: int, size: int) -> np.ndarray:
        """A picture uint8 [H, W, 3], no larger than crops scaled to `size` require."""
        path = self._folder / self.names[row]
        _check(path, self._folder)
        image = decode_rgb(read_bytes(path, _LARGEST), str(path))
        scale = 1.5 * size / min(image.shape[:2])
        return image if scale >= 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _check(path: Path, folder: Path) -> None:
    """Raise ValueError or OSError unless a path is a picture in `folder` that is small enough to be decoded."""
    try:
        outside = not path.resolve(strict=True).is_relative_to(folder.resolve())
    except RuntimeError:  # up to Python 3.12; later an OSError that says so
        raise ValueError(f"{path}: a link to itself") from None
    if outside:
        raise ValueError(f"{path}: a link to a file outside {folder}; copy the picture into the folder")
    if path.is_dir():
        raise ValueError(f"{path}: not a file")
    with open_regular(path) as file:
        try:
            check_size(*image_size(file), os.fstat(file.fileno()).st_size)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
