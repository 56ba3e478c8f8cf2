"""The light that leaves skin and eyes.

Radiometry as in light.py: a white Lambertian surface under an irradiance of 1 has a radiance of 1. Everything is in
the frame of the head, arrays are planar, N points: [3, N] or [N].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.render.light import Lights

F0 = np.float32(0.028)  # reflectance of skin and tears at normal incidence, refractive index 1.4

# By red, green and blue, since light of longer waves travels farther in skin (d'Eon, Luebke and Enderton, 2007).
WRAP = np.array([0.13, 0.08, 0.06], np.float32)[:, None]  # how far past the terminator light creeps, in cosines
DETAIL = np.array([0.66, 0.78, 0.84], np.float32)[:, None]  # how much of the normal map diffuse light still shows
PENUMBRA = np.array([0.94, 0.985, 1.0], np.float32)[:, None]  # power on the shadow: red reaches into it

TEARS = np.float32(0.15)  # roughness of the wet eye
CORNEA = 1.75  # how much more the cornea curves than the eyeball, 14 to 8 mm
LIMBUS = np.cos(np.radians([30.0, 22.0]))  # where the cornea begins, and where it is itself


@dataclass(frozen=True, eq=False)
class Surface:
    """Points to be shaded."""

    view: np.ndarray  # float32 [3, N], unit, towards the camera
    normal: np.ndarray  # float32 [3, N], unit, of the smooth mesh
    detail: np.ndarray  # float32 [3, N], unit, after the normal map
    albedo: np.ndarray  # float32 [3, N], linear RGB
    roughness: np.ndarray  # float32 [N], square root of GGX's alpha
    occlusion: np.ndarray  # float32 [N], share of the sky that is seen
    shadow: np.ndarray  # float32 [N], share of the key light that is seen


def shade(surface: Surface, lights: Lights, up: np.ndarray) -> np.ndarray:
    """Radiance float32 [3, N] under `lights`, whose directions and `up` [3] are in the head's frame."""
    facing = np.clip(_dot(surface.detail, surface.view), 0.05, 1)
    mirror = _environment_reflectance(surface.roughness, facing)
    body = surface.albedo * (1 - mirror)
    return (
        body * incident(surface, lights, up)
        + mirror * _sky_in_mirror(surface, lights, up, facing)
        + _highlights(surface, lights, facing)
    )


def cornea(normal: np.ndarray, look: np.ndarray) -> np.ndarray:
    """Normals [3, N] of a round eyeball that looks along `look` [3], bent to those of an eye with a cornea."""
    low, high = LIMBUS
    ahead = _dot(look, normal)
    share = np.clip((ahead - low) / (high - low), 0, 1)
    bent = normal + (CORNEA - 1) * share * (normal - ahead * look[:, None])
    return bent / np.sqrt(_dot(bent, bent))


def incident(surface: Surface, lights: Lights, up: np.ndarray) -> np.ndarray:
    """Irradiance [3, N], scattered under the skin.

    Lamps: wrapped, (n.l + w) / (1 + w)^2, which sums to the same power as n.l (McAuley, Energy-conserving wrapped
    diffuse, 2013), with n between the smooth and the mapped normal by wavelength. Sky: two halves, and what occlusion
    takes is partly given back by the bounces of the skin itself (after Jimenez et al., Practical realtime strategies
    for accurate indirect occlusion, 2016).
    """
    height = _dot(up, surface.detail)
    open_sky = surface.occlusion ** (1 / (1 + surface.albedo))
    total = _two_halves(lights, height) * open_sky
    for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
        smooth, mapped = _dot(towards, surface.normal), _dot(towards, surface.detail)
        cosine = smooth + DETAIL * (mapped - smooth)
        wrapped = np.maximum(cosine + WRAP, 0) / (1 + WRAP) ** 2
        seen = surface.shadow**PENUMBRA if number == 0 else surface.occlusion
        total += irradiance[:, None] * wrapped * seen
    return total


def _highlights(surface: Surface, lights: Lights, facing: np.ndarray) -> np.ndarray:
    """What lamps reflect off the surface [3, N].

    GGX with Smith's shadowing and Schlick's Fresnel as approximated by Karis, Real shading in Unreal Engine 4 (2013),
    where a lamp's angular radius widens the lobe.
    """
    total = np.zeros_like(surface.albedo)
    lamps = zip(lights.directions, lights.irradiance, lights.radii, strict=True)
    for number, (towards, irradiance, radius) in enumerate(lamps):
        cosine = np.maximum(_dot(towards, surface.detail), 0)
        half = surface.view + towards[:, None]
        half /= np.sqrt(_dot(half, half))
        alpha = np.minimum(surface.roughness**2 + radius / 5, 1)
        spread = _dot(half, surface.detail) ** 2 * (alpha * alpha - 1) + 1
        lobe = alpha * alpha / (spread * spread)  # pi D
        k = surface.roughness**2 / 2
        smith = 4 * (cosine * (1 - k) + k) * (facing * (1 - k) + k)
        fresnel = F0 + (1 - F0) * (1 - _dot(half, surface.view)) ** 5
        seen = np.sqrt(surface.shadow) if number == 0 else surface.occlusion  # a mirror sees part of a hidden lamp
        total += irradiance[:, None] * (lobe * fresnel * cosine * seen / smith)
    return total


def _sky_in_mirror(surface: Surface, lights: Lights, up: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """The sky's radiance [3, N] in the mirror direction, dimmed where occlusion hides it."""
    height = 2 * facing * _dot(up, surface.detail) - _dot(up, surface.view)
    return _two_halves(lights, height) * (surface.occlusion * surface.occlusion)


def _two_halves(lights: Lights, height: np.ndarray) -> np.ndarray:
    """Irradiance [3, N] from the sky at the sine of elevation height [N]."""
    share = 0.5 + 0.5 * height
    return lights.ground[:, None] + (lights.sky - lights.ground)[:, None] * share


def _environment_reflectance(roughness: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """The share [N] of even light from everywhere that GGX reflects.

    The fit of Karis, Physically based shading on mobile (2014).
    """
    rx, ry = 1 - roughness, 0.0425 - 0.0275 * roughness
    a = np.minimum(rx * rx, np.exp2(-9.28 * facing)) * rx + ry
    return F0 * (1.04 - 0.572 * roughness - 1.04 * a) + (1.04 * a - 0.04 + 0.022 * roughness)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Dot product [N] of [3, N] with [3, N], or of [3] with [3, N]."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
