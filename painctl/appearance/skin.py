"""Skin colour: the fractions of melanin and blood vary over the head, and reflectance follows from them.

Both are scaled by region: lips, cheeks, nose and ears have more blood near the surface, lids more melanin (as mapped by
Jimenez et al., "A practical appearance model for dynamic facial color", 2010). Light skin has freckles, old skin age
spots.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.cavity import LINING, THROAT, TONGUE
from painctl.appearance.make_up import make_up
from painctl.appearance.noise import grain
from painctl.appearance.reflectance import skin_colour
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.texture_space import TextureSpace
from painctl.mesh.normals import face_areas

_GREYER = np.float32(0.19)  # share of its chroma that brown skin loses to scattering at its surface
_BORDER = 0.5  # how far the wet border of the lips has the colour of the mouth's lining
# Red, green and blue of the lips relative to the pigments' colour: venous blood is bluer. Photographed lips have a
# CIELAB b* of 5 to 8, some 7 less than the cheeks.
_VERMILION = np.array((1.04, 0.94, 1.15), np.float32)
_DEEP = 0.060  # metres behind the lips where the throat begins


def paint_skin(space: TextureSpace) -> np.ndarray:
    """Linear sRGB albedo of each texel [C, 3] of a head that is bare skin all over."""
    person, region = space.person, space.regions
    generator = space.draws("skin")
    even = _evenness(space)
    mottle = even * (space.field(generator, 0.012) + 0.6 * space.field(generator, 0.005))
    blotch, patch, fleck = (space.field(generator, wavelength) for wavelength in (0.03, 0.018, 0.0025))
    pores = space.texels.gather(grain(space.draws("skin/pores"), space.size, 1.6))
    flush, shadow, lip_colour = _complexion(space)
    eyes = even * shadow * _around_eyes(space)
    lips = smoothstep(region["lips"] + 0.05 * fleck, 0.06, 1.05)
    melanin = person.melanin * np.exp(0.04 * mottle + 0.05 * even * blotch + 0.04 * pores + 0.03 * fleck)
    melanin *= 1 + 0.15 * region["lids"] + 0.12 * region["ears"] + 0.22 * eyes + 0.12 * lips
    melanin *= 1 + even * _spots(space)
    blood = person.haemoglobin * np.exp(0.11 * mottle + 0.14 * even * patch - 0.08 * pores + 0.05 * fleck)
    # vessels are dense in the cheeks, nose, ears and chin
    red = 0.55 * region["cheeks"] + 0.5 * region["nose"]
    blood *= 1 + flush * red + 0.6 * region["ears"] + 0.2 * region["chin"]
    blood *= 1 - 0.08 * region["forehead"] + 0.35 * eyes
    blood *= 1 + 0.12 * space.ageing * np.clip(region["cheeks"] + region["nose"], 0, 1) * smoothstep(fleck, 0.2, 1.6)
    blood = blood + lips * lip_colour * (1 - 0.4 * space.ageing) * (0.010 + 1.0 * person.haemoglobin)
    tint = lips * (1.0 if person.gender == "woman" else 0.6)
    colour = _corrected(skin_colour(melanin, blood), melanin) * (1 + tint[:, None] * (_VERMILION - 1))
    inside = np.maximum(region["mouth_inside"], _BORDER * space.wet_border)[:, None]
    colour = colour * (1 - inside) + inside * _mouth_lining(space, region["mouth_inside"])
    tongue = region["tongue"][:, None]
    colour = colour * (1 - tongue) + tongue * TONGUE
    sockets = smoothstep(region["sockets"], 0.4, 0.9)[:, None]
    return colour * (1 - sockets) + sockets * colour * np.array((0.55, 0.32, 0.30), np.float32)


def _evenness(space: TextureSpace) -> float:
    """How uneven the skin is, relative to a man's: women's is smoother, and foundation hides what is left."""
    woman = space.person.gender == "woman"
    return (1 - 0.35 * woman * (1 - 0.6 * space.ageing)) * (1 - 0.55 * make_up(space.person).foundation)


def _complexion(space: TextureSpace) -> tuple[float, float, float]:
    """A person's flush of cheeks and nose, shadow under the eyes and blood of the lips, relative to the mean."""
    generator = space.draws("complexion")
    flush, shadow, lips = np.exp((0.35, 0.45, 0.22) * np.clip(generator.standard_normal(3), -2, 2))
    return float(flush), float(shadow), float(lips * (1.5 if space.person.gender == "woman" else 1.0))


def _mouth_lining(space: TextureSpace, inside: np.ndarray) -> np.ndarray:
    """Colours [C, 3] of the inside of the mouth; `inside` [C] is where it is. How dark it is, is a matter of light."""
    depth = space.landmarks[62, 2] - space.points[:, 2]
    deep = min(_DEEP, float(depth[inside > 0.5].max(initial=0)))  # heads without a cavity end a few millimetres in
    back = smoothstep(depth, 0.3 * deep, deep)[:, None] if deep > 0 else np.float32(0)
    return LINING + back * (THROAT - LINING)


def _corrected(colour: np.ndarray, melanin: np.ndarray) -> np.ndarray:
    """Colours [C, 3] of the two pigments, corrected to those measured on faces.

    Light skin is yellower than melanin and blood make it, because of carotene and bilirubin, which the model omits,
    and redder: photographed cheeks have a CIELAB a* of 12 to 13. Brown skin is greyer, since the stratum corneum and
    sebum scatter white light: CIELAB b* is 14 to 20 in light and brown skin (Xiao et al., Skin Res Technol 2017). They
    measured no dark skin; it gets the same range, by choice.
    """
    brown = smoothstep(np.log(melanin), np.log(0.03), np.log(0.13))[:, None]
    luminance = (colour @ np.array((0.2126, 0.7152, 0.0722), np.float32))[:, None]
    tint = 1 - np.array((0.010, 0.010, 0.04), np.float32) - (1 - brown) * np.array((-0.035, 0.035, 0.02), np.float32)
    return ((colour + _GREYER * brown * (luminance - colour)) * tint).astype(np.float32)


def _spots(space: TextureSpace) -> np.ndarray:
    """Melanin added to the skin's, as a share of it [C]: freckles of light skin, age spots of the old, a few moles."""
    person, region = space.person, space.regions
    generator = space.draws("spots")
    light = smoothstep(np.float32(-person.melanin), -0.07, -0.02) * generator.random() ** 1.5
    sun = space.field(generator, 0.010)
    freckles = smoothstep(
        space.texels.gather(grain(space.draws("spots/freckles"), space.size, 3.2)) + 0.35 * sun, 1.1, 2.2
    )
    freckles *= 0.9 * light * np.clip(region["cheeks"] + region["nose"] + 0.35 * region["forehead"], 0, 1)
    spots = smoothstep(space.field(generator, 0.0055) + 0.3 * sun, 1.9, 2.5) * space.ageing
    bare = np.clip(region["face"] + region["scalp"] + 0.5 * region["neck"], 0, 1) * (
        1 - smoothstep(region["lips"], 0, 0.3)
    )
    return freckles + 0.7 * spots * bare + _moles(space) * bare


def _moles(space: TextureSpace) -> np.ndarray:
    """A few dark dots 1.5 to 4 mm across on the face [C]; their positions do not depend on the texture's size."""
    topology, moles = space.topology, np.zeros(len(space.points))
    generator = space.draws("moles")
    face = topology.faces[(topology.region("face")[topology.faces] > 0).all(axis=1)]
    a, b, c = space.vertices[face].transpose(1, 0, 2)
    area = face_areas(space.vertices, face)
    chosen = generator.choice(len(area), generator.integers(1, 7), p=area / area.sum())
    shares = generator.dirichlet((1, 1, 1), len(chosen))
    for centre in np.einsum("nk,knd->nd", shares, np.stack([a, b, c])[:, chosen]):
        radius, depth = generator.uniform(0.0006, 0.0016), generator.uniform(0.8, 3.0)
        near = space.face_texels[np.abs(space.points[space.face_texels] - centre).max(1) < 0.005]
        distance = np.linalg.norm(space.points[near] - centre, axis=1) / radius
        moles[near] += depth * (1 - smoothstep(distance, 0.6, 1.3))
    return moles


def _around_eyes(space: TextureSpace) -> np.ndarray:
    """1 at the lower lids, fading out over a centimetre [C]: thin skin shows its vessels."""
    eyes = [space.landmarks[rim].mean(0) for rim in (slice(36, 42), slice(42, 48))]
    points = space.points[space.face_texels]
    lower, reach = np.array((0, -0.008, 0), np.float32), np.array((0.018, 0.011, 0.02), np.float32)
    near = [(((points - eye - lower) / reach) ** 2).sum(1) for eye in eyes]
    return space.scatter(space.face_texels, np.exp(-np.minimum(*near)) * space.regions["face"][space.face_texels])
