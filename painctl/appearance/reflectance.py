"""The colour of skin from its pigments.

Light crosses the epidermis, where melanin absorbs, is scattered back by the dermis, where blood absorbs, and crosses
the epidermis again: R = s + (1 - s) exp(-2 mu_e d) Rd, where s = 3.5 % is reflected by the epidermis itself.
Coefficients are in 1/cm, the wavelength L in nm.

- melanosome 6.6e11 L^-3.33, bloodless skin 0.244 + 85.3 exp(-(L - 154) / 66.2), and reduced scattering
  2e5 L^-1.5 + 2e12 L^-4: Jacques, "Origins of tissue optical properties in the skin, retina and brain", 1998.
- haemoglobin: molar extinction compiled by Prahl, Oregon Medical Laser Center, 1999; 150 g/l, 64,500 g/mol.
- diffuse reflectance of the dermis exp(-A / sqrt(3 (1 + mu_s' / mu_a))), A = 7.8: Jacques, "Diffuse reflectance from
  a semi-infinite medium", 1999.
- colour matching functions: Wyman, Sloan and Shirley, JCGT 2(2), 2013; illuminant D65.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.ndimage import map_coordinates

MELANIN = (0.005, 0.5)  # range of volume fractions in the table
HAEMOGLOBIN = (0.0005, 0.1)

_WAVELENGTH = np.arange(400, 701, 20.0)
_OXY = np.array(
    [266232, 480360, 102580, 44480, 26629, 20932, 24202, 53236, 32613, 50104, 3200, 942, 442, 320, 278, 290.0]
)
_DEOXY = np.array(
    [223296, 407560, 413280, 23388, 14550, 20862, 31589, 46592, 53788, 37020, 14677, 6509, 4345, 3227, 2408, 1794.0]
)
_D65 = np.array(
    [82.75, 93.43, 104.86, 117.81, 115.92, 109.35, 104.79, 104.41, 100, 95.79, 90.01, 87.70, 83.70, 80.21, 78.28, 71.61]
)
_XYZ_TO_RGB = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
_THICKNESS = 0.006  # cm of epidermis
_OXYGENATION = 0.75
_EPIDERMIS = 0.035  # reflectance of the epidermis alone
_STEPS = 64


def skin_colour(melanin: np.ndarray, haemoglobin: np.ndarray) -> np.ndarray:
    """Linear sRGB albedo [..., 3] of skin, float32.

    `melanin` is the volume fraction of melanosomes in the epidermis, `haemoglobin` that of blood in the dermis. Colours
    are interpolated in a table over the logarithms of both.
    """
    melanin, haemoglobin = np.broadcast_arrays(melanin, haemoglobin)
    position = np.stack([_position(melanin, *MELANIN).ravel(), _position(haemoglobin, *HAEMOGLOBIN).ravel()])
    channels = [
        map_coordinates(channel, position, order=1, output=np.float32) for channel in np.moveaxis(_table(), 2, 0)
    ]
    return np.stack(channels, -1).reshape(*melanin.shape, 3)


def reflectance(melanin: np.ndarray, haemoglobin: np.ndarray) -> np.ndarray:
    """Spectral reflectance [..., 16] at 400, 420, ... 700 nm."""
    m, h = np.asarray(melanin)[..., None], np.asarray(haemoglobin)[..., None]
    wave = _WAVELENGTH
    bloodless = 0.244 + 85.3 * np.exp(-(wave - 154) / 66.2)
    epidermis = m * 6.6e11 * wave**-3.33 + (1 - m) * bloodless
    blood = 2.303 * (_OXYGENATION * _OXY + (1 - _OXYGENATION) * _DEOXY) * 150 / 64500
    dermis = h * blood + (1 - h) * bloodless
    scattering = 2e5 * wave**-1.5 + 2e12 * wave**-4
    diffuse = np.exp(-7.8 / np.sqrt(3 * (1 + scattering / dermis)))
    return _EPIDERMIS + (1 - _EPIDERMIS) * np.exp(-2 * epidermis * _THICKNESS) * diffuse


@cache
def _table() -> np.ndarray:
    """Linear sRGB float32 [melanin, haemoglobin, 3]: the spectra, integrated."""
    melanin, haemoglobin = (np.geomspace(*span, _STEPS) for span in (MELANIN, HAEMOGLOBIN))
    spectra = reflectance(melanin[:, None], haemoglobin[None])
    matching = _D65[:, None] * _colour_matching(_WAVELENGTH)
    xyz = spectra @ matching / matching[:, 1].sum()
    return np.clip(xyz @ _XYZ_TO_RGB.T, 0, 1).astype(np.float32)


def _position(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """The position of a volume fraction on an axis of the table."""
    return np.clip(np.log(np.asarray(value) / low) / np.log(high / low), 0, 1) * (_STEPS - 1)


def _colour_matching(wave: np.ndarray) -> np.ndarray:
    """The CIE 1931 colour matching functions [N, 3] at wavelengths [N] in nm."""

    def lobe(peak: float, left: float, right: float) -> np.ndarray:
        return np.exp(-0.5 * ((wave - peak) * np.where(wave < peak, left, right)) ** 2)

    x = 0.362 * lobe(442.0, 0.0624, 0.0374) + 1.056 * lobe(599.8, 0.0264, 0.0323) - 0.065 * lobe(501.1, 0.0490, 0.0382)
    y = 0.821 * lobe(568.8, 0.0213, 0.0247) + 0.286 * lobe(530.9, 0.0613, 0.0322)
    z = 1.217 * lobe(437.0, 0.0845, 0.0278) + 0.681 * lobe(459.0, 0.0385, 0.0725)
    return np.stack([x, y, z], 1)
