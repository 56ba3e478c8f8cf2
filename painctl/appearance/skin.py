"""Skin colour over the head: melanin and blood vary by place, and reflectance follows from them.

Fractions are multiplied where anatomy differs: lips, cheeks, nose and ears hold more blood near the surface, lids
more melanin (Jimenez et al., "A practical appearance model for dynamic facial color", 2010, map the same). Freckles
come with little melanin, age spots with years.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.noise import grain, smoothstep
from painctl.appearance.reflectance import skin_colour
from painctl.appearance.texture_space import TextureSpace
from painctl.mesh.normals import face_areas

_GREYER = np.float32(0.17)  # share of its chroma that brown skin loses to scattering at its surface
_FLESH = np.array((0.16, 0.045, 0.040), np.float32)  # linear RGB of tongue and gums
_DARK = np.array((0.035, 0.010, 0.009), np.float32)  # of the mouth's depth


def paint_skin(canvas: TextureSpace) -> np.ndarray:
    """Linear sRGB albedo of each texel [C, 3] as if the head were bare skin all over."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("skin")
    mottle = canvas.field(generator, 0.012) + 0.6 * canvas.field(generator, 0.005)
    blotch, patch, fleck = (canvas.field(generator, wavelength) for wavelength in (0.03, 0.018, 0.0025))
    pores = canvas.texels.gather(grain(canvas.draws("skin/pores"), canvas.size, 1.6))
    eyes = _around_eyes(canvas)
    lips = smoothstep(region["lips"] + 0.04 * fleck, 0.12, 0.85)
    melanin = person.melanin * np.exp(0.04 * mottle + 0.05 * blotch + 0.04 * pores + 0.03 * fleck)
    melanin *= 1 + 0.15 * region["lids"] + 0.12 * region["ears"] + 0.22 * eyes + 0.12 * lips
    melanin *= 1 + 0.06 * region["forehead"] + _spots(canvas)
    blood = person.haemoglobin * np.exp(0.11 * mottle + 0.14 * patch - 0.08 * pores + 0.05 * fleck)
    # where vessels are dense; the forehead has few, and looks yellower
    blood *= 1 + 0.55 * region["cheeks"] + 0.65 * region["nose"] + 0.6 * region["ears"] + 0.2 * region["chin"]
    blood *= 1 - 0.22 * region["forehead"] + 0.35 * eyes
    blood *= 1 + 0.12 * canvas.elderly * np.clip(region["cheeks"] + region["nose"], 0, 1) * smoothstep(fleck, 0.2, 1.6)
    made_up = 1.0 if person.gender == "man" else canvas.draws("cosmetics").uniform(1.4, 2.6)
    blood = blood + lips * made_up * (1 - 0.35 * canvas.elderly) * (0.010 + 1.0 * person.haemoglobin)
    colour = _measured(skin_colour(melanin, blood), melanin)
    inside = region["mouth_inside"][:, None]
    depth = smoothstep(canvas.points[:, 2] - canvas.landmarks[62, 2], -0.025, 0.0)[:, None]
    colour = colour * (1 - inside) + inside * (_DARK + depth * 0.6 * (_FLESH - _DARK))
    tongue = region["tongue"][:, None]
    colour = colour * (1 - tongue) + tongue * _FLESH
    sockets = smoothstep(region["sockets"], 0.4, 0.9)[:, None]
    return colour * (1 - sockets) + sockets * colour * np.array((0.55, 0.32, 0.30), np.float32)


def _measured(colour: np.ndarray, melanin: np.ndarray) -> np.ndarray:
    """Colours [C, 3] of the two pigments, brought to those measured on faces.

    Light skin is yellower than melanin and blood make it, by the carotene and bilirubin that the model leaves out;
    brown skin is greyer, since horn and sebum scatter white light: CIELAB b* of 14 to 20 in light and brown skin (Xiao
    et al., Skin Res Technol 2017). They measured no dark skin; that is brought to the same range, by choice.
    """
    brown = smoothstep(np.log(melanin), np.log(0.03), np.log(0.13))[:, None]
    luminance = (colour @ np.array((0.2126, 0.7152, 0.0722), np.float32))[:, None]
    yellow = 1 - np.array((0.015, 0, 0.05), np.float32) - (1 - brown) * np.array((-0.015, 0.01, 0.04), np.float32)
    return ((colour + _GREYER * brown * (luminance - colour)) * yellow).astype(np.float32)


def _spots(canvas: TextureSpace) -> np.ndarray:
    """Melanin over that of the skin around it [C]: freckles of light skin, age spots of the old, a few moles."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("spots")
    light = smoothstep(np.float32(-person.melanin), -0.07, -0.02) * generator.random() ** 1.5
    sun = canvas.field(generator, 0.010)
    freckles = smoothstep(
        canvas.texels.gather(grain(canvas.draws("spots/freckles"), canvas.size, 3.2)) + 0.35 * sun, 1.1, 2.2
    )
    freckles *= 0.9 * light * np.clip(region["cheeks"] + region["nose"] + 0.35 * region["forehead"], 0, 1)
    spots = smoothstep(canvas.field(generator, 0.0055) + 0.3 * sun, 1.9, 2.5) * canvas.elderly
    bare = np.clip(region["face"] + region["scalp"] + 0.5 * region["neck"], 0, 1) * (
        1 - smoothstep(region["lips"], 0, 0.3)
    )
    return freckles + 0.5 * spots * bare + _moles(canvas) * bare


def _moles(canvas: TextureSpace) -> np.ndarray:
    """A few dark dots 1.5 to 4 mm across, anywhere on the face [C]; at the same places whatever the texture's size."""
    topology, moles = canvas.topology, np.zeros(len(canvas.points))
    generator = canvas.draws("moles")
    face = topology.faces[(topology.region("face")[topology.faces] > 0).all(axis=1)]
    a, b, c = canvas.vertices[face].transpose(1, 0, 2)
    area = face_areas(canvas.vertices, face)
    chosen = generator.choice(len(area), generator.integers(1, 7), p=area / area.sum())
    shares = generator.dirichlet((1, 1, 1), len(chosen))
    for place in np.einsum("nk,knd->nd", shares, np.stack([a, b, c])[:, chosen]):
        radius, depth = generator.uniform(0.0006, 0.0016), generator.uniform(0.8, 3.0)
        near = canvas.face[np.abs(canvas.points[canvas.face] - place).max(1) < 0.005]
        away = np.linalg.norm(canvas.points[near] - place, axis=1) / radius
        moles[near] += depth * (1 - smoothstep(away, 0.6, 1.3))
    return moles


def _around_eyes(canvas: TextureSpace) -> np.ndarray:
    """1 at the lower lids, fading out over a centimetre: thin skin shows its vessels."""
    eyes = [canvas.landmarks[rim].mean(0) for rim in (slice(36, 42), slice(42, 48))]
    here = canvas.points[canvas.face]
    lower, reach = np.array((0, -0.008, 0), np.float32), np.array((0.018, 0.011, 0.02), np.float32)
    near = [(((here - eye - lower) / reach) ** 2).sum(1) for eye in eyes]
    return canvas.on(canvas.face, np.exp(-np.minimum(*near)) * canvas.regions["face"][canvas.face])
