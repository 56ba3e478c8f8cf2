"""What a camera adds: its lens's softness and shade, and its sensor's noise; mild, and drawn for each picture.

Noise follows the photon transfer curve, variance = gain x signal + read^2 (Janesick, "Photon Transfer", 2007), in
linear light before the film, and neighbouring pixels share some of it, as they do after demosaicing. Labels know none
of this.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from painctl.draw import draws

PARAMETERS = (
    "softness",  # standard deviation of the point spread, in 512ths of the picture's side
    "vignette",  # share of light lost in the corners
    "gain",  # variance of the noise over the signal, in exposed radiance
    "read",  # standard deviation of the noise in the dark
    "grain",  # key of the noise's place, below 2^24
)
_RANGES = ((0.50, 0.85), (0.02, 0.16), (0.4e-4, 2.2e-4), (0.001, 0.004))
_TILE = 1024  # pixels of noise that every picture takes its own from
_SHARED = 0.55  # pixels, standard deviation of what demosaicing smears


def draw_lens(seed: int, identity: int, purpose: str) -> np.ndarray:
    """The camera of one picture: float32 [5], the `PARAMETERS` in their order."""
    generator = draws(seed, identity, purpose)
    return np.array([*(generator.uniform(*span) for span in _RANGES), generator.integers(1 << 24)], np.float32)


def photograph(radiance: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Exposed radiance float32 [H, W, 3] as the sensor reads it, for parameters [5] of `draw_lens`."""
    softness, vignette, gain, read, grain = parameters.tolist()
    size = radiance.shape[0]
    soft = cv2.GaussianBlur(radiance, (0, 0), softness * size / 512, borderType=cv2.BORDER_REPLICATE)
    soft *= _shade(size, vignette)
    noise = _placed(size, int(grain))
    deviation = np.sqrt(np.maximum(soft, 0) * np.float32(gain) + np.float32(read * read))
    return np.maximum(soft + noise * deviation, 0)


def _shade(size: int, loss: float) -> np.ndarray:
    """The share of light [size, size, 1] that a lens passes: it falls with the square of the way from the middle."""
    along = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    return (1 - 2 * loss * (along[:, None] ** 2 + along[None] ** 2))[..., None]


def _placed(size: int, key: int) -> np.ndarray:
    """A part of the tile of noise, turned and shifted by the key: [size, size, 3]; beyond the tile it repeats."""
    tile = np.rot90(_noise(), key % 4)
    rows, columns = ((np.arange(size) + shift) % _TILE for shift in (key // 4 % _TILE, key // 4096 % _TILE))
    return tile[rows[:, None], columns]


@cache
def _noise() -> np.ndarray:
    """Normal noise of deviation 1, float32 [_TILE, _TILE, 3], smeared over neighbours."""
    white = draws(0, -1, "lens/noise").standard_normal((_TILE, _TILE, 3), dtype=np.float32)
    smeared = cv2.GaussianBlur(white, (0, 0), _SHARED, borderType=cv2.BORDER_REFLECT)
    return smeared / smeared.std()
