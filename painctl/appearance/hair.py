"""Hair that lies in the skin of the face: brows, lashes, stubble and beards, as colour in the texture."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.noise import grain, smoothstep
from painctl.appearance.strokes import drawn, strokes
from painctl.appearance.texture_space import TextureSpace
from painctl.mesh.graph import directed_edges

_WHITE = np.array((0.26, 0.225, 0.18), np.float32)  # linear RGB of a hair without pigment
_BEARD = {"East Asian": 0.45, "Black": 0.8}  # density against that of the others
_BEARDED, _BEARD_HAIRS = 0.3, 3200
_LAST_DARK = np.array((0.030, 0.022, 0.016), np.float32)  # of the dark hairs among the grey
# Share of light that the roots of a full shaven beard take: skin above them scatters blue back.
_UNDER_SKIN = np.array((0.28, 0.22, 0.165), np.float32)


def paint_hair(canvas: TextureSpace, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the person's hair over the skin; strands mix their colour in by cover."""
    colour = canvas.person.hair
    dark, grey = _brow_colours(colour)
    brows, greyed = _brows(canvas)
    stubble, under, beard = _beard(canvas)
    albedo = albedo * (1 - under[:, None] * _UNDER_SKIN)
    layers = (
        (stubble * (1 - 0.7 * _greying(colour)), 0.7 * colour),  # short white hairs are seen through
        (beard, 0.8 * colour),
        (brows, dark),
        (greyed, grey),
        (_lashes(canvas), np.minimum(0.4 * colour, 0.02)),
    )
    for cover, shade in layers:
        albedo = albedo + cover[:, None] * (shade - albedo)
    return albedo


def _greying(colour: np.ndarray) -> float:
    """How grey hair is, 0..1: bright, and of little colour."""
    return float(smoothstep(colour.max(), 0.02, 0.16) * smoothstep(colour.min() / max(colour.max(), 1e-6), 0.45, 0.8))


def _brow_colours(colour: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Linear albedos of a brow's pigmented and of its white hairs; brows are darker than the head and grey singly."""
    grey = _greying(colour)
    return 0.6 * (1 - grey) * colour + grey * _LAST_DARK, _WHITE


def _beard(canvas: TextureSpace) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Below the nose and along the jaw, men only: stubble, the share of roots within the skin, and a beard's hairs.

    Three in ten men wear a beard; the others are shaven today or a few days ago.
    """
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("beard")
    if person.gender != "man":
        return (np.zeros(len(canvas.points), np.float32),) * 3
    amount = generator.uniform(0.05, 0.55) ** 1.3 * _BEARD.get(person.ethnicity, 1.0)
    worn = generator.random() < _BEARDED * _BEARD.get(person.ethnicity, 1.0)
    marks = canvas.landmarks
    follicles = smoothstep(canvas.texels.gather(grain(canvas.draws("beard/follicles"), canvas.size, 1.0)), -1.2, 1.6)
    patches = 1 + 0.25 * canvas.field(generator, 0.008)
    here = np.flatnonzero((region["face"] + region["neck"] > 0) & (canvas.points[:, 1] < marks[30, 1]))
    x, y, _ = canvas.points[here].T
    face, neck, lips, ears = (region[name][here] for name in ("face", "neck", "lips", "ears"))
    nose, mouth, chin = marks[33, 1], marks[62, 1], marks[8, 1]
    wide = np.abs(x) / np.abs(marks[54, 0])
    # the edge runs from under the nose to before the ears, over the hollow of the cheek
    edge = nose - 0.002 - 0.012 * smoothstep(wide, 0.5, 1.1) + 0.022 * smoothstep(wide, 1.6, 2.6)
    edge += 0.003 * canvas.field(generator, 0.012)[here]
    cover = smoothstep(edge - y, -0.008, 0.013) * smoothstep(y - chin, -0.045, -0.012)
    lip = (
        np.exp(-((wide / 0.35) ** 2)) * smoothstep(mouth - y, 0.009, 0.012) * (1 - smoothstep(mouth - y, 0.014, 0.018))
    )
    cover *= (face + 0.6 * neck).clip(0, 1) * (1 - smoothstep(lips, 0.1, 0.4)) * (1 - 0.7 * lip) * (1 - ears)
    cover = np.clip(cover * patches[here], 0, 1)
    dark = 1 - smoothstep(person.hair.max(), 0.02, 0.2)  # fair roots do not show
    stubble = (0.45 if worn else amount) * cover * (0.35 + 0.65 * follicles[here])
    hairs = _beard_hairs(canvas, here, cover, generator) if worn else np.zeros(len(canvas.points), np.float32)
    return canvas.on(here, stubble), canvas.on(here, (0.25 + amount) * dark * cover), hairs


def _beard_hairs(
    canvas: TextureSpace, here: np.ndarray, cover: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Cover 0..1 [C] by a short beard's hairs, which point down and away from the lips."""
    odds = smoothstep(cover, 0.25, 0.9) * canvas.area[here]
    roots = here[generator.choice(len(here), _BEARD_HAIRS, p=odds / odds.sum())]
    sideways = np.clip(canvas.points[roots, 0] / 0.05, -1, 1)
    heading = np.stack([0.5 * sideways, np.full(len(roots), -1.0), np.zeros(len(roots))], 1)
    heading = heading + 0.35 * generator.standard_normal((2, *heading.shape)) * (1, 1, 0)
    length = generator.uniform(0.004, 0.009, len(roots))
    hairs = drawn(canvas, strokes(canvas, roots, heading, length, generator))
    return 0.85 * hairs * canvas.on(here, smoothstep(cover, 0.05, 0.25))  # none hangs over the lips


def _brows(canvas: TextureSpace) -> tuple[np.ndarray, np.ndarray]:
    """Cover of the pigmented and of the white hairs of the brows.

    Single hairs, skin between them: upright near the nose, lying down outwards, those above and below leaning to the
    middle line. Men's brows are broader and denser, wilder in age; women's thin out.
    """
    person = canvas.person
    generator = canvas.draws("brows")
    men = person.gender == "man"
    here = np.flatnonzero(canvas.regions["brows"] > 0.01)
    along, across = _along_brow(canvas, here)
    half = (
        (0.0036 if men else 0.0024)
        * generator.uniform(0.85, 1.2)
        * smoothstep(along, -0.10, 0.30) ** 0.5
        * (1 - 0.72 * smoothstep(along, 0.45, 1.08))
    )
    density = (
        np.exp(-((across / np.maximum(half, 2e-4)) ** 2))
        * smoothstep(along, -0.06, 0.12)
        * (1 - smoothstep(along, 0.9, 1.06))
    )
    count = int((540 if men else 430) * (1 - (0.1 if men else 0.3) * canvas.elderly) * generator.uniform(0.8, 1.2))
    chosen = generator.choice(len(here), size=count, p=density / density.sum())
    roots, along, across = here[chosen], along[chosen], (across / np.maximum(half, 2e-4))[chosen]
    outward = np.sign(canvas.points[roots, 0])
    wild = 8 + 8 * canvas.elderly * men
    tilt = np.radians(60 - 76 * np.clip(along, 0, 1) ** 0.7 - 16 * across + generator.normal(0, wild, count))
    length = (0.0044 + 0.0022 * (1 - along)) * generator.uniform(0.7, 1.2, count) * (1 + 0.3 * canvas.elderly * men)
    bends = tilt + np.radians([[8.0], [-12.0]])  # a hair droops towards its tip
    headings = np.stack([outward * np.cos(bends), np.sin(bends), np.zeros_like(bends)], 2)
    paths = strokes(canvas, roots, headings, length, generator)
    white = generator.random(count) < (0.75 if men else 0.4) * _greying(person.hair)
    layers = [drawn(canvas, paths[of], thick=of.sum() // 3 if men else 0) for of in (~white, white)]
    shade = canvas.on(here, (0.16 if men else 0.10) * density * (1 - 0.6 * _greying(person.hair)))
    return np.clip(0.8 * layers[0] + shade, 0, 0.9), 0.75 * layers[1]


def _along_brow(canvas: TextureSpace, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where texels [N] lie on their brow: 0 at its inner to 1 at its outer end, and metres above its middle line."""
    x, y, _ = canvas.points[here].T
    along, across = np.empty_like(x), np.empty_like(x)
    for side, line in ((x < 0, canvas.landmarks[21:16:-1]), (x >= 0, canvas.landmarks[22:27])):
        distance = np.abs(line[:, 0])
        along[side] = (np.abs(x[side]) - distance[0]) / (distance[-1] - distance[0])
        across[side] = y[side] - np.interp(np.abs(x[side]), distance, line[:, 1])
    return along, across


def _lashes(canvas: TextureSpace) -> np.ndarray:
    """A dark line on the margins of the lids, the upper one stronger, women's more: it marks closed eyes too."""
    region = canvas.regions
    here = np.flatnonzero((region["lids"] > 0) & (region["eyes"] < 0.3))
    distance = cKDTree(_margins(canvas)).query(canvas.points[here], distance_upper_bound=0.004)[0]
    upper = 0.25 + 0.75 * smoothstep(region["upper_lids"][here], 0.2, 0.8)
    strength = 0.95 if canvas.person.gender == "woman" else 0.8
    return canvas.on(here, strength * upper * np.exp(-((np.minimum(distance, 0.004) / 0.0008) ** 2)))


def _margins(canvas: TextureSpace) -> np.ndarray:
    """Points along the margins of the lids, [N, 3], metres."""
    margin, faces = canvas.topology.lid_margins(), canvas.topology.faces
    edges = directed_edges(faces)
    edges = edges[margin[edges].all(1)]
    share = np.linspace(0, 1, 6)[:, None, None]
    return ((1 - share) * canvas.vertices[edges[:, 0]] + share * canvas.vertices[edges[:, 1]]).reshape(-1, 3)
