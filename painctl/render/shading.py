"""Shading of skin and eyes.

Radiometry as in light.py: a white Lambertian surface under an irradiance of 1 has a radiance of 1. Everything is in
the head's frame, and arrays of N points are planar: [3, N] or [N].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.render.light import Lights
from painctl.render.planar import dot

F0 = np.float32(0.028)  # reflectance of skin and tears at normal incidence, refractive index 1.4

# For red, green and blue: longer wavelengths travel farther in skin (d'Eon, Luebke and Enderton, 2007).
WRAP = np.array([0.13, 0.08, 0.06], np.float32)[:, None]  # how far light wraps past the terminator, in cosines
FIBRE_WRAP = np.float32(0.35)  # the same on hair and cloth
DETAIL = np.array([0.66, 0.78, 0.84], np.float32)[:, None]  # share of the normal map that is left in diffuse light
PENUMBRA = np.array([0.94, 0.985], np.float32)  # power on the shadow of red and green; blue's is 1: red bleeds into it

TEARS = np.float32(0.15)  # roughness of the wet eye
CORNEA = 1.75  # curvature of the cornea relative to the eyeball, 14 to 8 mm
LIMBUS = np.cos(np.radians([30.0, 22.0]))  # from the eye's axis: where the cornea begins, and where it is full


@dataclass(frozen=True, eq=False)
class ShadingPoints:
    """N points to be shaded."""

    view: np.ndarray  # float32 [3, N], unit, towards the camera
    normal: np.ndarray  # float32 [3, N], unit, of the smooth mesh
    detail: np.ndarray  # float32 [3, N], unit, after the normal map
    albedo: np.ndarray  # float32 [3, N], linear RGB
    roughness: np.ndarray  # float32 [N], square root of GGX's alpha
    occlusion: np.ndarray  # float32 [N], share of the sky that is visible
    shadow: np.ndarray  # float32 [N], share of the key light that is visible


def shade(points: ShadingPoints, lights: Lights, up: np.ndarray) -> np.ndarray:
    """Radiance float32 [3, N] of points under `lights`; their directions and `up` [3] are in the head's frame."""
    facing = np.clip(dot(points.detail, points.view), 0.05, 1)
    mirror = _environment_reflectance(points.roughness, facing)
    body = points.albedo * (1 - mirror)
    return (
        body * incident(points, lights, up)
        + mirror * _sky_in_mirror(points, lights, up, facing)
        + _highlights(points, lights, facing)
    )


def cornea(normal: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Normals [3, N] of a spherical eyeball, bent to those of an eye with a cornea around its `axis` [3]."""
    low, high = LIMBUS
    ahead = dot(axis, normal)
    share = np.clip((ahead - low) / (high - low), 0, 1)
    bent = normal + (CORNEA - 1) * share * (normal - ahead * axis[:, None])
    return bent / np.sqrt(dot(bent, bent))


def incident(points: ShadingPoints, lights: Lights, up: np.ndarray) -> np.ndarray:
    """Irradiance [3, N], including subsurface scattering.

    Lamps: wrapped, (n.l + w) / (1 + w)^2, which integrates to the same power as n.l (McAuley, Energy-conserving
    wrapped diffuse, 2013), with n between the smooth and the mapped normal depending on wavelength. Sky: two
    hemispheres, where interreflection of the skin makes up for some of the occlusion (after Jimenez et al., Practical
    realtime strategies for accurate indirect occlusion, 2016).
    """
    height = dot(up, points.detail)
    open_sky = points.occlusion ** (1 / (1 + points.albedo))
    total = lights.sky_irradiance(height) * open_sky
    for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
        smooth, mapped = dot(towards, points.normal), dot(towards, points.detail)
        cosine = smooth + DETAIL * (mapped - smooth)
        visible = _key_light(points.shadow) if number == 0 else points.occlusion
        total += irradiance[:, None] * wrapped(cosine, WRAP) * visible
    return total


def _key_light(shadow: np.ndarray) -> np.ndarray:
    """The share of the key light [3, N] that reaches a point in red, green and blue, from `shadow` [N]."""
    penumbra = (shadow > 0) & (shadow != 1)  # above 1 in the light of a near lamp
    return np.stack([*(np.where(penumbra, power_where(penumbra, shadow, power), shadow) for power in PENUMBRA), shadow])


def _highlights(points: ShadingPoints, lights: Lights, facing: np.ndarray) -> np.ndarray:
    """Specular reflection of the lamps, radiance [3, N].

    GGX with Smith's shadowing and Schlick's Fresnel as approximated by Karis, Real shading in Unreal Engine 4 (2013),
    with the lobe widened by the lamp's angular radius.
    """
    total = np.zeros_like(points.albedo)
    squared = points.roughness**2
    k = squared / 2
    shadowed = facing * (1 - k) + k
    lamps = zip(lights.directions, lights.irradiance, lights.radii, strict=True)
    for number, (towards, irradiance, radius) in enumerate(lamps):
        cosine = np.maximum(dot(towards, points.detail), 0)
        half = points.view + towards[:, None]
        half /= np.sqrt(dot(half, half))
        alpha = np.minimum(squared + radius / 5, 1)
        spread = dot(half, points.detail) ** 2 * (alpha * alpha - 1) + 1
        lobe = alpha * alpha / (spread * spread)  # pi D
        smith = 4 * (cosine * (1 - k) + k) * shadowed
        fresnel = F0 + (1 - F0) * power_where(cosine > 0, 1 - dot(half, points.view), 5)
        visible = np.sqrt(points.shadow) if number == 0 else points.occlusion  # part of a hidden lamp is reflected
        total += irradiance[:, None] * (lobe * fresnel * cosine * visible / smith)
    return total


def _sky_in_mirror(points: ShadingPoints, lights: Lights, up: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """Radiance [3, N] of the sky in the mirror direction, dimmed by occlusion."""
    height = 2 * facing * dot(up, points.detail) - dot(up, points.view)
    return lights.sky_irradiance(height) * (points.occlusion * points.occlusion)


def _environment_reflectance(roughness: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """The share [N] of uniform light that GGX reflects: the fit of Karis, Physically based shading on mobile (2014)."""
    rx, ry = 1 - roughness, 0.0425 - 0.0275 * roughness
    a = np.minimum(rx * rx, np.exp2(-9.28 * facing)) * rx + ry
    return F0 * (1.04 - 0.572 * roughness - 1.04 * a) + (1.04 * a - 0.04 + 0.022 * roughness)


def power_where(needed: np.ndarray, base: np.ndarray, exponent: float) -> np.ndarray:
    """Powers [N] of `base` [N] where they are needed, bool [N], else 0: powers are slow."""
    return np.power(base, exponent, out=np.zeros_like(base), where=needed)


def wrapped(cosine: np.ndarray, wrap: np.ndarray = FIBRE_WRAP) -> np.ndarray:
    """What a material reflects at `cosine` to the light, which wraps past the terminator by `wrap`; energy is kept."""
    return np.maximum(cosine + wrap, 0) / (1 + wrap) ** 2
