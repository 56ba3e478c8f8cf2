"""Between linear light and the bytes of a picture."""

from __future__ import annotations

import cv2
import numpy as np

GREY = 0.18  # radiance that the film leaves where it is
CONTRAST = 1.07  # slope of the film about grey, in stops a stop
KNEE = 0.6  # where the shoulder begins


def to_linear(image: np.ndarray) -> np.ndarray:
    """sRGB uint8 of any shape to linear light in 0..1, float32 (IEC 61966-2-1)."""
    return _LINEAR[image]


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """Linear light float32 [H, W, 3] to sRGB uint8, clipped to 0..1 (IEC 61966-2-1)."""
    return cv2.LUT(_sixteen(linear), _SRGB)


def develop(radiance: np.ndarray) -> np.ndarray:
    """The picture uint8 [H, W, 3] of exposed radiance float32 [H, W, 3], on a film with contrast and a shoulder.

    With x the radiance over `GREY`, the film is y = GREY x^CONTRAST up to k = `KNEE`, and then, with r = 1 - k,
    k + r (1 - exp(-(y - k) / r)): value and slope join, and a highlight reaches white only in the limit.
    """
    return cv2.LUT(_sixteen(radiance * np.float32(1 / _BRIGHTEST)), _FILM)


def to_radiance(image: np.ndarray) -> np.ndarray:
    """The radiance float32 that `develop` makes a picture uint8 of any shape from."""
    return _RADIANCE[image]


def _sixteen(linear: np.ndarray) -> np.ndarray:
    """0..1 to uint16 on a square-root scale, finer everywhere than 8 bits of sRGB."""
    return (np.sqrt(np.clip(linear, 0, 1)) * 65535 + 0.5).astype(np.uint16)


def _srgb_curve(linear: np.ndarray) -> np.ndarray:
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(255 * curve).astype(np.uint8)


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
_STEPS = (np.arange(65536) / 65535) ** 2
_SRGB = _srgb_curve(_STEPS)
_FILM = _srgb_curve(_film_curve(_STEPS * _BRIGHTEST))
_CODES = np.arange(256) / 255
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)
_RADIANCE = _unfilm(_LINEAR.astype(np.float64)).astype(np.float32)
