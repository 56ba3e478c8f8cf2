"""Facial hair as colour in the texture: brows, the lash line, stubble and beards."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.make_up import make_up
from painctl.appearance.painted_beard import paint_beard
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.strokes import draw_strokes, stroke_paths
from painctl.appearance.texture_space import TextureSpace
from painctl.mesh.graph import directed_edges

_WHITE = np.array((0.26, 0.225, 0.18), np.float32)  # linear RGB of a hair without pigment
_DARK_AMONG_GREY = np.array((0.030, 0.022, 0.016), np.float32)  # linear RGB of the dark hairs among grey ones
# Share of the light absorbed by the roots of a full shaven beard: the skin above them scatters blue back.
_ROOT_SHADE = np.array((0.28, 0.22, 0.165), np.float32)


def paint_facial_hair(space: TextureSpace, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the person's facial hair over the skin, each layer blended by its coverage."""
    colour = space.person.hair
    dark, grey = _brow_colours(colour)
    brows, greyed = _brows(space)
    stubble, shaven, beard = paint_beard(space)
    albedo = albedo * (1 - shaven[:, None] * _ROOT_SHADE)
    layers = (
        (stubble * (1 - 0.7 * _greying(colour)), 0.7 * colour),  # short white hairs are translucent
        (beard, 0.8 * colour),
        (brows, dark),
        (greyed, grey),
        (_lash_line(space), np.minimum(0.4 * colour, 0.02)),
    )
    for cover, shade in layers:
        albedo = albedo + cover[:, None] * (shade - albedo)
    return albedo


def _greying(colour: np.ndarray) -> float:
    """How grey a hair colour is, 0..1: bright and unsaturated."""
    return float(smoothstep(colour.max(), 0.02, 0.16) * smoothstep(colour.min() / max(colour.max(), 1e-6), 0.45, 0.8))


def _brow_colours(colour: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Linear albedos of a brow's pigmented and white hairs: brows are darker than the head and grey hair by hair."""
    grey = _greying(colour)
    return 0.6 * (1 - grey) * colour + grey * _DARK_AMONG_GREY, _WHITE


def _brows(space: TextureSpace) -> tuple[np.ndarray, np.ndarray]:
    """Coverage [C] by the pigmented and by the white hairs of the brows.

    They are single hairs with skin between them: upright near the nose, flatter outwards, those above and below
    leaning towards the centre line. Men's brows are broader and denser, and unruly in old age; women's thin out.
    """
    person = space.person
    generator = space.draws("brows")
    men, pencil = person.gender == "man", make_up(person).pencil
    texels = np.flatnonzero(space.regions["brows"] > 0.01)
    along, across = _brow_coordinates(space, texels)
    arch, thickness, taper, fullness = np.clip(generator.standard_normal(4), -2, 2)
    # brows arch two thirds of the way out, and fall a little outwards: the other way they look angry
    bend = (0.0002 if men else 0.0011) + 0.0006 * arch
    across = across - bend * (1 - np.abs(np.clip(along, 0, 1) - 0.62) / 0.62) ** 2 - 0.0008 * (0.5 - along)
    half = (
        (0.0037 if men else 0.0021)
        * np.exp(0.20 * thickness)
        * smoothstep(along, -0.10, 0.30) ** 0.5
        * (1 - (0.72 + 0.06 * taper) * smoothstep(along, 0.45, 1.08))
    )
    density = (
        np.exp(-((across / np.maximum(half, 2e-4)) ** 2))
        * smoothstep(along, -0.06, 0.12)
        * (1 - smoothstep(along, 0.9, 1.06))
    )
    fullness = np.exp(0.22 * fullness) * (1 + 0.35 * pencil)
    count = int((560 if men else 400) * (1 - (0.1 if men else 0.25) * space.ageing) * fullness)
    chosen = generator.choice(len(texels), size=count, p=density / density.sum())
    roots, along, across = texels[chosen], along[chosen], (across / np.maximum(half, 2e-4))[chosen]
    outward = np.sign(space.points[roots, 0])
    unruly = 8 + 8 * space.ageing * men
    tilt = np.radians(60 - 76 * np.clip(along, 0, 1) ** 0.7 - 16 * across + generator.normal(0, unruly, count))
    length = (0.0044 + 0.0022 * (1 - along)) * generator.uniform(0.7, 1.2, count) * (1 + 0.3 * space.ageing * men)
    bends = tilt + np.radians([[8.0], [-12.0]])  # a hair droops towards its tip
    headings = np.stack([outward * np.cos(bends), np.sin(bends), np.zeros_like(bends)], 2)
    paths = stroke_paths(space, roots, headings, length, generator)
    white = generator.random(count) < (0.75 if men else 0.4 * (1 - pencil)) * _greying(person.hair)
    layers = [
        draw_strokes(space, paths[selected], thick=selected.sum() // 3 if men else 0) for selected in (~white, white)
    ]
    shade = space.scatter(
        texels, (0.16 if men else 0.10 + 0.30 * pencil) * density * (1 - 0.6 * _greying(person.hair) * (1 - pencil))
    )
    return np.clip(0.8 * layers[0] + shade, 0, 0.9), 0.75 * layers[1]


def _brow_coordinates(space: TextureSpace, texels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position of texels [N] on their brow: 0 at its inner to 1 at its outer end, and metres above its centre line."""
    x, y, _ = space.points[texels].T
    along, across = np.empty_like(x), np.empty_like(x)
    for side, line in ((x < 0, space.landmarks[21:16:-1]), (x >= 0, space.landmarks[22:27])):
        distance = np.abs(line[:, 0])
        along[side] = (np.abs(x[side]) - distance[0]) / (distance[-1] - distance[0])
        across[side] = y[side] - np.interp(np.abs(x[side]), distance, line[:, 1])
    return along, across


def _lash_line(space: TextureSpace) -> np.ndarray:
    """Coverage [C] by a dark line on the margins of the lids, open or closed; stronger on upper lids and in women."""
    region, liner = space.regions, make_up(space.person).liner
    texels = np.flatnonzero((region["lids"] > 0) & (region["eyes"] < 0.3))
    distance = cKDTree(_lid_margins(space)).query(space.points[texels], distance_upper_bound=0.004)[0]
    upper = 0.25 + 0.75 * smoothstep(region["upper_lids"][texels], 0.2, 0.8)
    strength = 0.95 if space.person.gender == "woman" else 0.8
    return space.scatter(
        texels, strength * upper * np.exp(-((np.minimum(distance, 0.004) / (0.0008 + 0.0006 * liner)) ** 2))
    )


def _lid_margins(space: TextureSpace) -> np.ndarray:
    """Points along the margins of the lids, [N, 3], metres."""
    margin, faces = space.topology.lid_margins(), space.topology.faces
    edges = directed_edges(faces)
    edges = edges[margin[edges].all(1)]
    t = np.linspace(0, 1, 6)[:, None, None]
    return ((1 - t) * space.vertices[edges[:, 0]] + t * space.vertices[edges[:, 1]]).reshape(-1, 3)
