"""Lens and sensor: slightly darker and softer corners, and grain.

A lens spreads each point over a small disc of the picture, more towards the corners, where it also transmits less
light. A sensor counts photons: the noise of linear light x has the variance read^2 + shot^2 x / GREY (Foi et al.,
Practical Poissonian-Gaussian noise modeling and fitting for single-image raw-data, 2008), before any tone curve.
Demosaicing correlates the grain of neighbouring pixels, and leaves less of it in colour than in lightness.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from painctl.render.tone import GREY
from painctl.runs.draws import draws

PARAMETERS = (
    "softness",  # pixels, standard deviation of the point spread in the centre
    "edge_softness",  # pixels, of the additional spread in the corners
    "vignette",  # share of the light lost in the corners
    "shot",  # standard deviation of the photon noise at GREY, as a share of GREY
    "read",  # standard deviation of the noise in the dark, in radiance
    "grain_x", "grain_y",  # where the picture's grain is cropped from the sheet of noise, 0..1 of the free range
    "grain_turn",  # 0..7, bits: 1 mirrors the grain, 2 flips it upside down, 4 transposes it
)  # fmt: skip

_RANGES = ((0.5, 0.75), (0.5, 1.0), (0.04, 0.2), (0.012, 0.035), (0.0002, 0.0006), (0.0, 1.0), (0.0, 1.0))
_SHEET = 1024  # pixels of noise shared by the frames of a process; larger for large frames
_ROOM = 256
_COLOUR = 0.45  # amplitude of the grain that is independent per channel
_GRAIN = (0.45, 0.9)  # pixels, blur of the lightness and of the colour grain


def draw_lens(seed: int, identity: int, purpose: str) -> np.ndarray:
    """The camera of one picture: float32 [8], in the order of `PARAMETERS`."""
    generator = draws(seed, identity, purpose)
    return np.array([*(generator.uniform(low, high) for low, high in _RANGES), generator.integers(8)], np.float32)


def expose(radiance: np.ndarray, exposure: float, parameters: np.ndarray) -> np.ndarray:
    """Radiance float32 [H, H, 3] as the sensor records it behind a lens of parameters [8]: linear light, same shape."""
    softness, edge_softness, vignette, shot, read, x, y, turn = parameters.tolist()
    squared = _from_centre(len(radiance))
    light = _spread(radiance, softness)
    other = _spread(light, edge_softness)
    other -= light
    other *= squared
    light += other
    np.multiply(squared, np.float32(exposure * vignette), out=other)
    np.subtract(np.float32(exposure), other, out=other)
    light *= other
    np.multiply(light, np.float32(shot * shot * GREY), out=other)
    other += np.float32(read * read)
    deviation = cv2.sqrt(other, other)
    deviation *= _grain(len(radiance), x, y, int(turn))
    light += deviation
    return light


def _spread(light: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(light, (5, 5), deviation, borderType=cv2.BORDER_REFLECT)


@lru_cache(4)
def _from_centre(size: int) -> np.ndarray:
    """The squared distance from the centre, 1 in the corners: float32 [size, size, 3]."""
    along = ((np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1) ** 2 / 2
    return np.repeat((along[:, None] + along)[..., None], 3, axis=2)


def _grain(size: int, x: float, y: float, turn: int) -> np.ndarray:
    """Grain of standard deviation 1, float32 [size, size, 3]."""
    sheet = _sheet(max(_SHEET, size + _ROOM))
    top, left = round(y * (len(sheet) - size)), round(x * (len(sheet) - size))
    cut = sheet[top : top + size, left : left + size]
    cut = cv2.transpose(cut) if turn & 4 else cut
    # a copy: arithmetic on a view that runs backwards takes several times as long
    return cv2.flip(cut, {1: 1, 2: 0, 3: -1}[turn & 3]) if turn & 3 else cut


@lru_cache(1)
def _sheet(size: int) -> np.ndarray:
    """Normal noise of standard deviation 1, float32 [size, size, 3]."""
    generator = draws(0, -1, "lens/grain")
    lightness, colour = (
        _unit(cv2.GaussianBlur(generator.standard_normal((size, size, channels), np.float32), (0, 0), spread))
        for channels, spread in zip((1, 3), _GRAIN, strict=True)
    )
    return np.sqrt(1 - _COLOUR**2, dtype=np.float32) * lightness.reshape(size, size, 1) + np.float32(_COLOUR) * colour


def _unit(noise: np.ndarray) -> np.ndarray:
    return noise / noise.std()
