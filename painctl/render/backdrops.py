"""The user's own pictures behind a head: which one, what part of it, how bright and how far out of focus.

A picture is brought back to linear light by the film's inverse (tone.py), and its mean luminance to a drawn level
beside the light on the face, so that the head and what is behind it look taken in one exposure.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from painctl.images.encode import decode
from painctl.images.header import MOST_PIXELS, image_size
from painctl.render import background
from painctl.render.painting import defocus
from painctl.render.tone import to_radiance
from painctl.runs.draws import draws

PARAMETERS = (
    "kind",  # background.PICTURE
    "picture",  # row of `Backdrops.names`
    "side",  # of the square that is cut out, in shorter sides of the picture
    "x", "y",  # where it is cut out: 0 at the left or top edge, 1 at the right or bottom one
    "mirrored",  # 0 or 1
    "light",  # 0..1, the mean luminance beside a white surface in the light on the face
    "blur",  # radius of the defocus, in squares
)  # fmt: skip

SUFFIXES = (".jpeg", ".jpg", ".png")
_GAIN = (0.4, 2.0)  # a night stays darker than a day
_KEPT = 32  # pictures, shrunk, between frames
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


class Backdrops:
    """The JPEG and PNG files directly in a folder, by name.

    Every file's header is read at once. Raises ValueError that names a file which is no picture, has more than
    `MOST_PIXELS`, or is a link that leads out of the folder, and a folder without pictures; OSError for one that
    cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.names = tuple(sorted(path.name for path in folder.iterdir() if path.suffix.lower() in SUFFIXES))
        if not self.names:
            raise ValueError(f"{folder}: no pictures; expected files that end in {', '.join(SUFFIXES)}")
        for name in self.names:
            _check(folder / name, folder)
        self._load = lru_cache(_KEPT)(self._load_anew)

    def draw(self, seed: int, identity: int, purpose: str) -> np.ndarray:
        """The background of one picture: float32, `PARAMETERS` in their order, then zeros.

        It is as long as `background.draw_background`'s.
        """
        generator = draws(seed, identity, purpose)
        picture, mirrored = generator.integers(len(self.names)), generator.integers(2)
        side, x, y = generator.uniform((0.65, 0.0, 0.0), 1.0)
        light, blur = generator.uniform((0.15, 0.004), (0.4, 0.02))
        values = (background.PICTURE, picture, side, x, y, mirrored, light, blur)
        return np.array([*values, *[0] * (len(background.PARAMETERS) - len(values))], np.float32)

    def paint(self, parameters: np.ndarray, size: int) -> np.ndarray:
        """Linear RGB radiance float32 [size, size, 3] for the parameters of `draw`, as `paint_background`'s.

        Raises ValueError, which names the file, if it cannot be decoded.
        """
        row, side, x, y, mirrored, light, blur = parameters[1 : len(PARAMETERS)].tolist()
        whole = self._load(int(row), size)
        cut = max(round(side * min(whole.shape[:2])), 1)
        top, left = (round(share * (length - cut)) for share, length in zip((y, x), whole.shape[:2], strict=True))
        square = whole[top : top + cut, left : left + cut]
        shrink = cv2.INTER_AREA if cut > size else cv2.INTER_LINEAR
        square = cv2.resize(square[:, ::-1] if mirrored else square, (size, size), interpolation=shrink)
        radiance = to_radiance(square)
        gain = np.clip(light / max(float((radiance @ _LUMINANCE).mean()), 1e-3), *_GAIN)
        return defocus(radiance * np.float32(gain), blur * size)

    def _load_anew(self, row: int, size: int) -> np.ndarray:
        """A picture uint8 [H, W, 3], no larger than crops to `size` need."""
        path = self._folder / self.names[row]
        _check(path, self._folder)
        try:
            image = decode(path.read_bytes())
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        if image.ndim == 2:
            image = cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
        scale = 1.5 * size / min(image.shape[:2])
        return image if scale >= 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _check(path: Path, folder: Path) -> None:
    try:
        leads_out = not path.resolve(strict=True).is_relative_to(folder.resolve())
    except RuntimeError:  # until Python 3.12; then it is an OSError that says so
        raise ValueError(f"{path}: a link that leads to itself") from None
    if leads_out:
        raise ValueError(f"{path}: a link that leads out of {folder}; copy the picture into it")
    if path.exists() and not path.is_file():
        raise ValueError(f"{path}: not a file")
    try:
        with path.open("rb") as file:
            width, height = image_size(file)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if width * height > MOST_PIXELS:
        raise ValueError(f"{path}: {width} x {height} pixels; at most {MOST_PIXELS // 1_000_000} million are read")
