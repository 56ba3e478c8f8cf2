"""What another camera would have made of a picture: random light, cover, blur, colour, tone, noise and compression.

The changes are as large as the differences between renderings and photographs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import cv2
import numpy as np

_Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def photographed(picture: np.ndarray, parts: Collection[str], rng: np.random.Generator) -> np.ndarray:
    """A square picture uint8 [S, S, 3] RGB as another camera might have shown it.

    `parts` are those of `EFFECTS` to apply, in the order of a photograph: light, things in the way, lens, sensor,
    processing.
    """
    changed = picture.astype(np.float32) / 255
    for name, change in _CHANGES.items():
        if name in parts:
            changed = change(changed, rng)
    picture = (255 * changed.clip(0, 1) + 0.5).astype(np.uint8)
    return _compressed(picture, rng) if COMPRESSION in parts and rng.random() < 0.4 else picture


def _tone(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another exposure: gamma, contrast and brightness."""
    gamma, contrast = map(float, np.exp(rng.normal(0, [0.35, 0.25])))
    toned = contrast * (cv2.pow(picture.clip(0, 1), gamma) - 0.5) + 0.5 + rng.normal(0, 0.08)
    return np.asarray(toned, np.float32)


def _colour(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A colour cast, and in a quarter of the pictures grey levels."""
    cast = picture * np.exp(rng.normal(0, 0.12, 3)).astype(np.float32)
    if rng.random() < 0.25:
        cast = np.repeat(cast.mean(axis=2, keepdims=True), 3, axis=2)
    return cast


def _light(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A light from one side: brighter at one edge than at the other, by a factor up to 2 or so."""
    across, down = map(float, rng.normal(0, 0.35, 2))
    ramp = np.linspace(-1, 1, len(picture), dtype=np.float32)
    return picture * (np.exp(across * ramp) * np.exp(down * ramp)[:, None])[..., None]


def _blur(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Half of the pictures out of focus, to a deviation of 2 % of the side."""
    if rng.random() < 0.5:
        return picture
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 0.02 * len(picture)))


def _resolution(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A third of the pictures from a face of fewer pixels."""
    size = len(picture)
    if rng.random() > 1 / 3:
        return picture
    side = int(rng.uniform(0.25, 0.9) * size)
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)


def _noise(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sensor noise, to a deviation of 5 % in half of the pictures."""
    if rng.random() < 0.5:
        return picture
    return picture + rng.uniform(0, 0.05) * rng.standard_normal(picture.shape, np.float32)


def _cover(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A third of the pictures with one plain rectangle, to 40 % of a side."""
    size = len(picture)
    if rng.random() > 1 / 3:
        return picture
    height, width = (rng.uniform(0.1, 0.4, 2) * size).astype(int)
    top, left = rng.integers(0, (size - height, size - width), endpoint=True)
    covered = picture.copy()
    covered[top : top + height, left : left + width] = rng.random(3)
    return covered


def _compressed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As a JPEG of quality 20 to 80."""
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 80))])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


_CHANGES: Final[dict[str, _Change]] = {
    "light": _light,
    "cover": _cover,
    "blur": _blur,
    "colour": _colour,
    "tone": _tone,
    "noise": _noise,
    "resolution": _resolution,
}
COMPRESSION: Final = "compression"
EFFECTS: Final = (*_CHANGES, COMPRESSION)
