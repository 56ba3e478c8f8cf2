"""Skin colour over the head: melanin and blood vary by place, and reflectance follows from them.

Fractions are multiplied where anatomy differs: lips, cheeks, nose and ears hold more blood near the surface, lids
more melanin (Jimenez et al., "A practical appearance model for dynamic facial color", 2010, map the same). Freckles
come with little melanin, age spots with years.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.canvas import Canvas
from painctl.appearance.noise import grain, step
from painctl.appearance.reflectance import skin_colour

_FLESH = np.array((0.16, 0.045, 0.040), np.float32)  # linear RGB of tongue and gums
_DARK = np.array((0.035, 0.010, 0.009), np.float32)  # of the mouth's depth


def paint_skin(canvas: Canvas) -> np.ndarray:
    """Linear sRGB albedo of each texel [C, 3] as if the head were bare skin all over."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("skin")
    mottle = canvas.field(generator, 0.012) + 0.6 * canvas.field(generator, 0.005)
    blotch = canvas.field(generator, 0.03)
    pores = canvas.texels.gather(grain(generator, canvas.size, 1.6))
    lips = step(region["lips"], 0.25, 0.75)
    melanin = person.melanin * np.exp(0.07 * mottle + 0.08 * blotch + 0.05 * pores)
    thin = _around_eyes(canvas)
    melanin *= 1 + 0.22 * region["lids"] + 0.12 * region["ears"] - 0.25 * lips + 0.25 * thin
    melanin *= 1 + 0.7 * _spots(canvas)
    flushed = canvas.field(generator, 0.009) + 0.7 * canvas.field(generator, 0.004)
    blood = person.haemoglobin * np.exp(0.17 * flushed - 0.10 * pores)
    blood *= 1 + 0.6 * region["cheeks"] + 0.7 * region["nose"] + 0.6 * region["ears"] + 0.25 * region["chin"]
    blood *= 1 + 0.5 * thin - 0.2 * region["forehead"]
    red = generator.uniform(0.8, 1.2) * (0.030 if person.gender == "woman" else 0.017)
    blood = blood + lips * (red + 1.3 * person.haemoglobin)
    colour = skin_colour(melanin, blood)
    inside = region["mouth_inside"][:, None]
    depth = step(canvas.points[:, 2] - canvas.landmarks[62, 2], -0.025, 0.0)[:, None]
    colour = colour * (1 - inside) + inside * (_DARK + depth * 0.6 * (_FLESH - _DARK))
    tongue = region["tongue"][:, None]
    colour = colour * (1 - tongue) + tongue * _FLESH
    sockets = step(region["sockets"], 0.4, 0.9)[:, None]
    return colour * (1 - sockets) + sockets * colour * np.array((0.55, 0.32, 0.30), np.float32)


def _spots(canvas: Canvas) -> np.ndarray:
    """Freckles on cheeks and nose of light skin, age spots on the forehead and cheeks of the old; 0..1 [C]."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("spots")
    light = step(np.float32(-person.melanin), -0.05, -0.015) * generator.random() ** 2
    freckles = step(canvas.texels.gather(grain(generator, canvas.size, 5)), 1.7, 2.4)
    freckles *= light * np.clip(region["cheeks"] + region["nose"], 0, 1)
    spots = step(canvas.field(generator, 0.006), 1.8, 2.5) * canvas.elderly
    moles = 2.5 * step(canvas.field(generator, 0.0035), 3.3, 3.6)
    return freckles + (spots + moles) * np.clip(region["face"] + region["scalp"], 0, 1)


def _around_eyes(canvas: Canvas) -> np.ndarray:
    """1 at the lower lids, fading out over a centimetre: thin skin shows its vessels."""
    eyes = [canvas.landmarks[rim].mean(0) for rim in (slice(36, 42), slice(42, 48))]
    here = canvas.points[canvas.face]
    lower, reach = np.array((0, -0.008, 0), np.float32), np.array((0.018, 0.011, 0.02), np.float32)
    near = [(((here - eye - lower) / reach) ** 2).sum(1) for eye in eyes]
    return canvas.on(canvas.face, np.exp(-np.minimum(*near)) * canvas.regions["face"][canvas.face])
