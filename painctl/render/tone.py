"""Tone mapping: exposed radiance to the bytes of a picture, and back, by a film curve."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.images.srgb import LIGHT, LINEAR, square_root_codes, srgb_curve

GREY = 0.18  # radiance that the film leaves unchanged
CONTRAST = 1.07  # slope of the film around grey, in stops per stop
KNEE = 0.6  # start of the shoulder


def develop(radiance: np.ndarray) -> np.ndarray:
    """The picture uint8 [H, W, 3] of exposed radiance float32 [H, W, 3], on a film with contrast and a shoulder.

    With x the radiance over `GREY`, the film is y = GREY x^CONTRAST up to k = `KNEE`, and beyond it, with r = 1 - k,
    k + r (1 - exp(-(y - k) / r)): value and slope are continuous, and highlights approach white asymptotically.
    """
    return cv2.LUT(square_root_codes(radiance * np.float32(1 / _BRIGHTEST)), _FILM)


def to_radiance(image: np.ndarray) -> np.ndarray:
    """The inverse of `develop`: a picture uint8 of any shape to radiance float32."""
    return _RADIANCE[image]


def _film_curve(radiance: np.ndarray) -> np.ndarray:
    room = 1 - KNEE
    straight = GREY * (radiance / GREY) ** CONTRAST
    return np.where(straight < KNEE, straight, KNEE + room * (1 - np.exp(-(straight - KNEE) / room)))


def _unfilm(developed: np.ndarray) -> np.ndarray:
    """The inverse of the film's curve, up to the smallest value that becomes 255."""
    developed = np.minimum(developed, 0.9955)
    room = 1 - KNEE
    straight = np.where(developed < KNEE, developed, KNEE - room * np.log1p(-np.maximum(developed - KNEE, 0) / room))
    return GREY * (straight / GREY) ** (1 / CONTRAST)


_BRIGHTEST = 8.0  # exposed radiance from which everything is white
_FILM = srgb_curve(_film_curve(LIGHT * _BRIGHTEST))
_RADIANCE = _unfilm(LINEAR.astype(np.float64)).astype(np.float32)
