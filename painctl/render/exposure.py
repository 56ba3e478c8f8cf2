"""From the radiance of a picture to its bytes: lens, sensor, film and file, with the effects of photography.py.

In the order of a camera: the camera shakes, the lens scatters light, the sensor has so many pixels and so much light,
its noise is reduced, colours are balanced, the film develops them, and the picture is enlarged and compressed.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.images.encode import compressed
from painctl.render import lens
from painctl.render.light import kelvin_to_rgb, luminance
from painctl.render.photography import named
from painctl.render.tone import develop

_NEUTRAL_KELVIN = 5000
_VEIL = 0.02  # of the mean radiance that lens and sensor scatter over the whole picture, per stop of backlight
_PALER = 0.08  # of the saturation that is lost per stop of gain
_SMOOTHED = 0.18  # pixels per stop of gain, of the blur that reduces noise in lightness
_READ_GAIN = 0.75  # stops of read noise per stop of gain: it is partly added before the amplifier


def photograph(radiance: np.ndarray, exposure: float, optics: np.ndarray, effects: np.ndarray | None) -> np.ndarray:
    """The picture uint8 [H, H, 3] of a radiance float32 [H, H, 3], behind a lens of lens.PARAMETERS.

    `effects` are photography.PARAMETERS, or None for a clean picture, which is `develop(expose(...))`.
    """
    if effects is None or not effects.any():
        return develop(lens.expose(radiance, exposure, optics))
    values, size = named(effects), len(radiance)
    if values["backlight"]:
        radiance = radiance + np.float32(_VEIL * values["backlight"]) * radiance.mean(axis=(0, 1))
    if values["shake"]:
        radiance = _shaken(radiance, values["shake"] * size, values["shake_angle"])
    if values["pixels"]:
        side = min(size, round(values["pixels"]))
        radiance = cv2.resize(radiance, (side, side), interpolation=cv2.INTER_AREA)
    light = lens.expose(radiance, exposure * 2 ** -values["dim"], _amplified(optics, values["gain"]))
    if values["gain"]:
        light = _denoised(light, values["gain"])
    if values["cast"] or values["tint"]:
        light *= _white_balance(values["cast"], values["tint"])
    if values["grey_red"]:
        light = _black_and_white(light, values["grey_red"])
    picture = develop(light)
    if len(picture) < size:
        picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_CUBIC)
    return compressed(picture, round(values["quality"])) if values["quality"] else picture


def _shaken(radiance: np.ndarray, pixels: float, degrees: float) -> np.ndarray:
    """Radiance blurred along a line, as by a camera that moves evenly during the exposure."""
    reach = int(np.ceil(pixels / 2))
    path = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    half = pixels / 2 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    start, end = (np.rint(16 * (reach + sign * half)).astype(int).tolist() for sign in (-1, 1))
    kernel = cv2.line(path, start, end, [255], 1, cv2.LINE_AA, 4).astype(np.float32)
    return cv2.filter2D(radiance, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)


def _amplified(optics: np.ndarray, gain: float) -> np.ndarray:
    """The lens.PARAMETERS of a sensor that gets 2^-gain of the light: fewer photons, the same noise in reading them."""
    noisier = optics.copy()
    noisier[lens.PARAMETERS.index("shot")] *= 2 ** (gain / 2)
    noisier[lens.PARAMETERS.index("read")] *= 2 ** (_READ_GAIN * gain)
    return noisier


def _denoised(light: np.ndarray, gain: float) -> np.ndarray:
    """Light as a camera smooths it at high gain: lightness a little, colour a lot, and paler."""
    smooth = cv2.GaussianBlur(light, (5, 5), _SMOOTHED * gain, borderType=cv2.BORDER_REFLECT)
    grey = smooth.mean(axis=2, keepdims=True)
    colour = cv2.blur(smooth - grey, (7, 7), borderType=cv2.BORDER_REFLECT)
    return grey + np.float32(1 - _PALER * gain) * colour


def _white_balance(mireds: float, tint: float) -> np.ndarray:
    """The factors float32 [3] of a white balance that is wrong by `mireds` and `tint` stops of green."""
    kelvin = 1e6 / (1e6 / _NEUTRAL_KELVIN + mireds)
    gains = kelvin_to_rgb(kelvin) / kelvin_to_rgb(_NEUTRAL_KELVIN) * (1, 2**tint, 1)
    return (gains / luminance(gains)).astype(np.float32)


def _black_and_white(light: np.ndarray, red: float) -> np.ndarray:
    """Light of which a film with weight `red` for red, and the rest mostly for green, records the lightness."""
    weights = np.array([red, 0.8 * (1 - red), 0.2 * (1 - red)], np.float32)
    return np.repeat(cv2.transform(light, weights[None])[..., None], 3, axis=2)
