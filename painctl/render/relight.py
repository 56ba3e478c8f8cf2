"""The light of a scene under a flash, from the side or from behind: effects of photography.py on light.py's lamps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from painctl.render.camera import DISTANCE
from painctl.render.light import Lights, direction, kelvin_to_rgb, luminance
from painctl.render.photography import named

_FLASH_KELVIN = 5900
_WARMTH = 12.0  # mireds by which a camera in flash mode leaves the flash warmer than white
_FLASH_RADIUS = np.radians(1.0)  # of a flash of 4 cm at a metre
_FLASH_STOPS = 0.5  # that flash exceeds the right exposure by: it is metered for the whole picture
_BEHIND = 0.08  # of the flash's light on the face, that reaches what is behind, at three to four times the distance
_SIDE_RADIUS = np.radians(4.0)
_SIDE_STOPS = 0.7  # that the camera opens for a face of which half is dark
_SPILL = 0.35  # of the side light, that reaches what is behind
_RIM = 0.8  # of the surroundings' light, that falls on the head from behind
_BEHIND_AZIMUTH, _BEHIND_ELEVATION = 155.0, 32.0  # degrees


def relight(lights: Lights, parameters: np.ndarray | None) -> tuple[Lights, np.ndarray]:
    """`lights` under the effects of photography.PARAMETERS, and the irradiance [3] of a surface behind the head.

    Without such an effect they are unchanged, and what is behind is lit as the face is.
    """
    effects = named(parameters)
    if effects["flash"]:
        return _under_flash(lights, effects)
    if effects["side"]:
        return _from_the_side(lights, effects)
    if effects["backlight"]:
        return _from_behind(lights, effects)
    return lights, lights.frontal


def _under_flash(lights: Lights, effects: dict[str, float]) -> tuple[Lights, np.ndarray]:
    """A small lamp beside the lens outshines the scene, and hardly reaches what is behind."""
    left = 1 - effects["flash"]
    towards = direction(effects["flash_azimuth"], effects["flash_elevation"])
    white = kelvin_to_rgb(_FLASH_KELVIN) / kelvin_to_rgb(1e6 / (1e6 / _FLASH_KELVIN - _WARMTH))
    flash = white * effects["flash"] / towards[2]
    lit = Lights(
        directions=np.concatenate([[towards], lights.directions]).astype(np.float32),
        irradiance=np.concatenate([[flash], left * lights.irradiance]).astype(np.float32),
        radii=np.concatenate([[_FLASH_RADIUS], lights.radii]).astype(np.float32),
        sky=np.float32(left) * lights.sky,
        ground=np.float32(left) * lights.ground,
        exposure=lights.exposure * 2**_FLASH_STOPS,
        distance=DISTANCE,
    )
    return lit, left * lights.frontal + _BEHIND * flash


def _from_the_side(lights: Lights, effects: dict[str, float]) -> tuple[Lights, np.ndarray]:
    """The key light moves to the side and grows harder; fill and sky are reduced to what is left in the shadows."""
    azimuth = np.degrees(np.arctan2(lights.directions[0, 0], lights.directions[0, 2]))
    towards = direction(np.copysign(effects["side"], azimuth), 8.0)
    key = lights.irradiance[0] / luminance(lights.irradiance[0])
    rest = replace(lights, irradiance=lights.irradiance * np.array([[0], [1], [0]], np.float32))
    share = np.float32(effects["shadow_fill"] / luminance(rest.frontal))
    lit = replace(
        rest,
        directions=np.concatenate([[towards], lights.directions[1:]]).astype(np.float32),
        irradiance=np.concatenate([[key], share * rest.irradiance[1:]]).astype(np.float32),
        radii=np.concatenate([[_SIDE_RADIUS], lights.radii[1:]]).astype(np.float32),
        sky=share * lights.sky,
        ground=share * lights.ground,
        exposure=lights.exposure * 2**_SIDE_STOPS,
    )
    return lit, lit.frontal + _SPILL * key


def _from_behind(lights: Lights, effects: dict[str, float]) -> tuple[Lights, np.ndarray]:
    """The key light moves behind the head, which is lit by fill and sky alone, before brighter surroundings."""
    azimuth = np.degrees(np.arctan2(lights.directions[0, 0], lights.directions[0, 2]))
    towards = direction(np.copysign(_BEHIND_AZIMUTH, azimuth), _BEHIND_ELEVATION)
    brighter = 2 ** effects["backlight"]
    key = lights.irradiance[0] / luminance(lights.irradiance[0])
    rest = replace(lights, irradiance=lights.irradiance * np.array([[0], [1], [0]], np.float32))
    share = np.float32(1 / luminance(rest.frontal))
    lit = replace(
        rest,
        directions=np.concatenate([[towards], lights.directions[1:]]).astype(np.float32),
        irradiance=np.concatenate([[_RIM * brighter * key], share * rest.irradiance[1:]]).astype(np.float32),
        sky=share * lights.sky,
        ground=share * lights.ground,
        exposure=lights.exposure * 2 ** (-effects["metering"] * effects["backlight"]),
    )
    return lit, brighter * lights.frontal
