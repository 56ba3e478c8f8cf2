"""Hair that lies in the skin: brows, lashes, stubble and a cropped scalp, as colour in the texture."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.canvas import Canvas
from painctl.appearance.noise import grain, step
from painctl.face.regions import brow_height

_COATS = 3  # of hairs over each other: lines of one coat do not add up
_DARK = np.array((0.060, 0.042, 0.030), np.float32)  # linear RGB


def paint_hair(canvas: Canvas, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the person's hair over the skin; strands mix their colour in by cover."""
    colour = canvas.person.hair
    dark = np.minimum(colour, _DARK)  # brows grey late, lashes hardly
    parts = (
        (_scalp(canvas), colour),
        (_beard(canvas), colour),
        (_brows(canvas), 0.35 * colour + 0.65 * dark),
        (_lashes(canvas), 0.4 * dark),
    )
    for cover, shade in parts:
        albedo = albedo + cover[:, None] * (shade - albedo)
    return albedo


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


def _beard(canvas: Canvas) -> np.ndarray:
    """Shaven to a few days old, below the nose and along the jaw; men only."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("beard")
    if person.gender != "man":
        return np.zeros(len(canvas.points), np.float32)
    amount = generator.uniform(0.05, 0.55) ** 1.3
    marks = canvas.landmarks
    follicles = step(canvas.texels.gather(grain(generator, canvas.size, 1.3)), -0.6, 1.4)
    here = np.flatnonzero((region["face"] + region["neck"] > 0) & (canvas.points[:, 1] < marks[30, 1]))
    x, y, _ = canvas.points[here].T
    face, neck, lips, ears = (region[name][here] for name in ("face", "neck", "lips", "ears"))
    nose, mouth, chin = marks[33, 1], marks[62, 1], marks[8, 1]
    wide = np.abs(x) / np.abs(marks[54, 0])
    # the edge runs from under the nose to before the ears, over the hollow of the cheek
    edge = nose - 0.002 - 0.012 * step(wide, 0.5, 1.1) + 0.022 * step(wide, 1.6, 2.6)
    cover = step(edge - y, -0.004, 0.006) * step(y - chin, -0.045, -0.012)
    lip = np.exp(-((wide / 0.35) ** 2)) * step(mouth - y, 0.009, 0.012) * (1 - step(mouth - y, 0.014, 0.018))
    cover *= (face + 0.6 * neck).clip(0, 1) * (1 - step(lips, 0.1, 0.4)) * (1 - 0.7 * lip) * (1 - ears)
    return canvas.on(here, amount * cover * (0.35 + 0.65 * follicles[here]))


def _brows(canvas: Canvas) -> np.ndarray:
    """Single hairs along the brow, with skin between them; thicker and wilder on men, thinner with age on women."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("brows")
    men = person.gender == "man"
    member = region["brows"]
    roots = np.flatnonzero(member > (0.45 if men else 0.62))
    count = int((300 if men else 210) * (1 - 0.3 * canvas.elderly) * generator.uniform(0.75, 1.25))
    roots = roots[generator.integers(len(roots), size=count)]
    outward = np.sign(canvas.points[roots, 0])
    along = np.clip((np.abs(canvas.points[roots, 0]) - 0.010) / 0.045, 0, 1)
    # hairs stand up near the nose and lie down outwards; the upper ones bend down to meet the lower
    above = canvas.points[roots, 1] - brow_height(canvas.points[roots, 0])
    tilt = np.radians(72 - 80 * along**0.7 - 4500 * above + generator.normal(0, 8 + 5 * men, len(roots)))
    length = generator.uniform(0.0040, 0.0068 if men else 0.0056, len(roots)) * (1 - 0.3 * along)
    strand = length[:, None] * np.stack([outward * np.cos(tilt), np.sin(tilt)], 1)
    start = np.stack(np.divmod(canvas.texels.covered[roots], canvas.size)[::-1], 1).astype(float)
    end = start + np.einsum("nij,nj->ni", _texels_a_metre(canvas, roots), strand)
    bare = np.ones((canvas.size, canvas.size), np.float32)
    for part in range(_COATS):
        bare *= 1 - _strokes(start[part::_COATS], end[part::_COATS], canvas.size)
    shadow = 0.10 * step(member, 0.4, 1.0)
    return np.clip(1 - canvas.texels.gather(bare) * (1 - shadow), 0, 0.92)


def _strokes(start: np.ndarray, end: np.ndarray, size: int) -> np.ndarray:
    """Thin soft lines between texels [N, 2], 0..1 [size, size]."""
    picture = np.zeros((size, size), np.uint8)
    shift = 4
    for a, b in zip(*(np.rint(p * 2**shift).astype(int).tolist() for p in (start, end)), strict=True):
        cv2.line(picture, a, b, 200, 1, cv2.LINE_AA, shift)
    return cv2.GaussianBlur(picture, (0, 0), 0.45 * size / 1024 + 0.15).astype(np.float32) / 255


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
