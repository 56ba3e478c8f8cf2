"""Hair that lies in the skin: brows, lashes, stubble and a cropped scalp, as colour in the texture."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.canvas import Canvas
from painctl.appearance.noise import grain, step

_DENSEST = 2.4  # textures a metre of brow at most: where skin turns from view, x and y would need more
_FINE = 4096  # texels on which single hairs are drawn: about 0.15 mm, two hairs side by side
_WHITE = np.array((0.32, 0.27, 0.205), np.float32)  # linear RGB of a hair without pigment
_BEARD = {"East Asian": 0.45, "Black": 0.8}  # density against that of the others
_LAST_DARK = np.array((0.030, 0.022, 0.016), np.float32)  # of the dark hairs among the grey
# Share of light that the roots of a full shaven beard take: skin above them scatters blue back.
_UNDER_SKIN = np.array((0.28, 0.22, 0.165), np.float32)


def paint_hair(canvas: Canvas, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the person's hair over the skin; strands mix their colour in by cover."""
    colour = canvas.person.hair
    dark, grey = _brow_colours(colour)
    brows, greyed = _brows(canvas)
    stubble, under = _beard(canvas)
    albedo = albedo * (1 - under[:, None] * _UNDER_SKIN)
    layers = (
        (_scalp(canvas), colour),
        (stubble, colour),
        (brows, dark),
        (greyed, grey),
        (_lashes(canvas), np.minimum(0.4 * colour, 0.02)),
    )
    for cover, shade in layers:
        albedo = albedo + cover[:, None] * (shade - albedo)
    return albedo


def _greying(colour: np.ndarray) -> float:
    """How grey hair is, 0..1: bright, and of little colour."""
    return float(step(colour.max(), 0.02, 0.16) * step(colour.min() / max(colour.max(), 1e-6), 0.45, 0.8))


def _brow_colours(colour: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Linear albedos of a brow's pigmented and of its white hairs; brows are darker than the head and grey singly."""
    grey = _greying(colour)
    return 0.6 * (1 - grey) * colour + grey * _LAST_DARK, _WHITE


def _scalp(canvas: Canvas) -> np.ndarray:
    """Stubble under the hair with a soft, uneven hairline; no more than its shade where the head is bald."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("scalp")
    density = generator.uniform(0.15, 0.35) if person.haircut == "bald" else generator.uniform(0.72, 0.92)
    edge = region["scalp"] + 0.10 * canvas.field(generator, 0.006)
    cover = step(edge, 0.10, 1.0) * density
    strands = canvas.texels.gather(grain(generator, canvas.size, 1.2))
    cover = np.clip(cover + 0.5 * strands * cover * (1 - cover), 0, 1)
    if person.haircut in ("bald", "receding"):
        crown = canvas.points[:, 1] + 0.45 * np.clip(canvas.points[:, 2], None, 0)
        cover = cover * (1 - 0.93 * step(crown + 0.004 * canvas.field(generator, 0.01), -0.01, 0.035))
    return cover * step(region["scalp"], 0.02, 0.2)


def _beard(canvas: Canvas) -> tuple[np.ndarray, np.ndarray]:
    """Shaven to a few days old, below the nose and along the jaw, men only: hairs above the skin, roots within."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("beard")
    if person.gender != "man":
        return np.zeros(len(canvas.points), np.float32), np.zeros(len(canvas.points), np.float32)
    amount = generator.uniform(0.05, 0.55) ** 1.3 * _BEARD.get(person.ethnicity, 1.0)
    marks = canvas.landmarks
    follicles = step(canvas.texels.gather(grain(generator, canvas.size, 1.0)), -1.2, 1.6)
    patches = 1 + 0.25 * canvas.field(generator, 0.008)
    here = np.flatnonzero((region["face"] + region["neck"] > 0) & (canvas.points[:, 1] < marks[30, 1]))
    x, y, _ = canvas.points[here].T
    face, neck, lips, ears = (region[name][here] for name in ("face", "neck", "lips", "ears"))
    nose, mouth, chin = marks[33, 1], marks[62, 1], marks[8, 1]
    wide = np.abs(x) / np.abs(marks[54, 0])
    # the edge runs from under the nose to before the ears, over the hollow of the cheek
    edge = nose - 0.002 - 0.012 * step(wide, 0.5, 1.1) + 0.022 * step(wide, 1.6, 2.6)
    edge += 0.003 * canvas.field(generator, 0.012)[here]
    cover = step(edge - y, -0.008, 0.013) * step(y - chin, -0.045, -0.012)
    lip = np.exp(-((wide / 0.35) ** 2)) * step(mouth - y, 0.009, 0.012) * (1 - step(mouth - y, 0.014, 0.018))
    cover *= (face + 0.6 * neck).clip(0, 1) * (1 - step(lips, 0.1, 0.4)) * (1 - 0.7 * lip) * (1 - ears)
    cover = np.clip(cover * patches[here], 0, 1)
    dark = 1 - step(person.hair.max(), 0.02, 0.2)  # fair roots do not show
    return canvas.on(here, amount * cover * (0.35 + 0.65 * follicles[here])), canvas.on(
        here, (0.25 + amount) * dark * cover
    )


def _brows(canvas: Canvas) -> tuple[np.ndarray, np.ndarray]:
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
        * step(along, -0.10, 0.30) ** 0.5
        * (1 - 0.72 * step(along, 0.45, 1.08))
    )
    density = (
        np.exp(-((across / np.maximum(half, 2e-4)) ** 2)) * step(along, -0.06, 0.12) * (1 - step(along, 0.9, 1.06))
    )
    count = int((540 if men else 430) * (1 - (0.1 if men else 0.3) * canvas.elderly) * generator.uniform(0.8, 1.2))
    chosen = generator.choice(len(here), size=count, p=density / density.sum())
    roots, along, across = here[chosen], along[chosen], (across / np.maximum(half, 2e-4))[chosen]
    outward = np.sign(canvas.points[roots, 0])
    wild = 8 + 8 * canvas.elderly * men
    tilt = np.radians(60 - 76 * np.clip(along, 0, 1) ** 0.7 - 16 * across + generator.normal(0, wild, count))
    length = (0.0044 + 0.0022 * (1 - along)) * generator.uniform(0.7, 1.2, count) * (1 + 0.3 * canvas.elderly * men)
    start = np.stack(np.divmod(canvas.texels.covered[roots], canvas.size)[::-1], 1) + generator.random((count, 2))
    jacobian = _texels_a_metre(canvas, roots)
    path = [start]
    for bend in (8.0, -12.0):  # a hair droops towards its tip
        turn = tilt + np.radians(bend)
        strand = 0.5 * length[:, None] * np.stack([outward * np.cos(turn), np.sin(turn)], 1)
        step_by = np.einsum("nij,nj->ni", jacobian, strand)
        longest = 0.5 * length * _DENSEST * canvas.size
        path.append(path[-1] + step_by * np.minimum(1, longest / np.linalg.norm(step_by, axis=1))[:, None])
    white = generator.random(count) < (0.75 if men else 0.4) * _greying(person.hair)
    layers = [_drawn(canvas, np.stack(path, 1)[of], men) for of in (~white, white)]
    shade = canvas.on(here, (0.16 if men else 0.10) * density * (1 - 0.6 * _greying(person.hair)))
    return np.clip(0.8 * layers[0] + shade, 0, 0.9), 0.75 * layers[1]


def _along_brow(canvas: Canvas, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where texels [N] lie on their brow: 0 at its inner to 1 at its outer end, and metres above its middle line."""
    x, y, _ = canvas.points[here].T
    along, across = np.empty_like(x), np.empty_like(x)
    for side, line in ((x < 0, canvas.landmarks[21:16:-1]), (x >= 0, canvas.landmarks[22:27])):
        distance = np.abs(line[:, 0])
        along[side] = (np.abs(x[side]) - distance[0]) / (distance[-1] - distance[0])
        across[side] = y[side] - np.interp(np.abs(x[side]), distance, line[:, 1])
    return along, across


def _drawn(canvas: Canvas, paths: np.ndarray, thick: bool) -> np.ndarray:
    """Cover 0..1 [C] by hairs along paths [N, P, 2], texels (column, row) of the canvas; some are `thick`."""
    cover = np.zeros((canvas.size, canvas.size), np.float32)
    if len(paths):
        scale, shift = max(_FINE // canvas.size, 1), 4
        low = np.maximum(np.floor(paths.min((0, 1))).astype(int) - 1, 0)
        high = np.minimum(np.ceil(paths.max((0, 1))).astype(int) + 2, canvas.size)
        (left, top), (width, height) = low, high - low
        picture = np.zeros((scale * height, scale * width), np.uint8)
        lines = list(np.rint(((paths - low) * scale - 0.5) * 2**shift).astype(np.int32))
        heavy = len(lines) // 3 if thick else 0
        cv2.polylines(picture, lines[:heavy], False, 255, 2, cv2.LINE_AA, shift)
        cv2.polylines(picture, lines[heavy:], False, 255, 1, cv2.LINE_AA, shift)
        small = cv2.resize(picture, (int(width), int(height)), interpolation=cv2.INTER_AREA)
        cover[top : high[1], left : high[0]] = small * np.float32(1 / 255)
    return canvas.texels.gather(cover)


def _texels_a_metre(canvas: Canvas, chosen: np.ndarray) -> np.ndarray:
    """How (column, row) of a texel changes with x and y on the face, [N, 2, 2], at chosen texels."""
    place = canvas.texels.picture(canvas.points[:, :2])
    across, down = (canvas.texels.gather(np.gradient(place, axis=axis))[chosen] for axis in (1, 0))
    return np.linalg.inv(np.stack([across, down], 2).astype(float) + 1e-9 * np.eye(2))


def _lashes(canvas: Canvas) -> np.ndarray:
    """A dark line on the margins of the lids, the upper one stronger, women's more: it marks closed eyes too."""
    region = canvas.regions
    here = np.flatnonzero((region["lids"] > 0) & (region["eyes"] < 0.3))
    distance = cKDTree(_margins(canvas)).query(canvas.points[here], distance_upper_bound=0.004)[0]
    upper = 0.25 + 0.75 * step(region["upper_lids"][here], 0.2, 0.8)
    strength = 0.95 if canvas.person.gender == "woman" else 0.8
    return canvas.on(here, strength * upper * np.exp(-((np.minimum(distance, 0.004) / 0.0008) ** 2)))


def _margins(canvas: Canvas) -> np.ndarray:
    """Points along the margins of the lids, [N, 3], metres."""
    margin, faces = canvas.topology.lid_margins(), canvas.topology.faces
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = edges[margin[edges].all(1)]
    share = np.linspace(0, 1, 6)[:, None, None]
    return ((1 - share) * canvas.vertices[edges[:, 0]] + share * canvas.vertices[edges[:, 1]]).reshape(-1, 3)
