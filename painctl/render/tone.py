"""The film: what exposed radiance looks like in a picture, and back."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.images.srgb import LIGHT, LINEAR, square_root_codes, srgb_curve

GREY = 0.18  # radiance that the film leaves where it is
CONTRAST = 1.07  # slope of the film about grey, in stops a stop
KNEE = 0.6  # where the shoulder begins


def develop(radiance: np.ndarray) -> np.ndarray:
    """The picture uint8 [H, W, 3] of exposed radiance float32 [H, W, 3], on a film with contrast and a shoulder.

    With x the radiance over `GREY`, the film is y = GREY x^CONTRAST up to k = `KNEE`, and then, with r = 1 - k,
    k + r (1 - exp(-(y - k) / r)): value and slope join, and a highlight reaches white only in the limit.
    """
    return cv2.LUT(square_root_codes(radiance * np.float32(1 / _BRIGHTEST)), _FILM)


def to_radiance(image: np.ndarray) -> np.ndarray:
    """The radiance float32 that `develop` makes a picture uint8 of any shape from."""
    return _RADIANCE[image]


def _film_curve(radiance: np.ndarray) -> np.ndarray:
    room = 1 - KNEE
    straight = GREY * (radiance / GREY) ** CONTRAST
    return np.where(straight < KNEE, straight, KNEE + room * (1 - np.exp(-(straight - KNEE) / room)))


def _unfilm(developed: np.ndarray) -> np.ndarray:
    """The inverse of the film's curve, up to the least value that is written as 255."""
    developed = np.minimum(developed, 0.9955)
    room = 1 - KNEE
    straight = np.where(developed < KNEE, developed, KNEE - room * np.log1p(-np.maximum(developed - KNEE, 0) / room))
    return GREY * (straight / GREY) ** (1 / CONTRAST)


_BRIGHTEST = 8.0  # radiance, exposed, from which all is white
_FILM = srgb_curve(_film_curve(LIGHT * _BRIGHTEST))
_RADIANCE = _unfilm(LINEAR.astype(np.float64)).astype(np.float32)
