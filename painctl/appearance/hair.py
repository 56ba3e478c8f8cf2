"""Hair that lies in the skin: brows, lashes, stubble and a cropped scalp, as colour in the texture."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.canvas import Canvas
from painctl.appearance.noise import grain, step


def paint_hair(canvas: Canvas, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the person's hair over the skin; strands mix their colour in by cover."""
    colour = canvas.person.hair
    for cover, shade in ((_scalp(canvas), 1.0), (_beard(canvas), 1.0), (_brows(canvas), 0.6), (_lashes(canvas), 0.35)):
        albedo = albedo + cover[:, None] * (shade * colour - albedo)
    return albedo


def _scalp(canvas: Canvas) -> np.ndarray:
    """A close crop with a soft, uneven hairline; some old men are bald on top."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("scalp")
    density = generator.uniform(0.72, 0.92)
    bald = person.gender == "man" and generator.random() < 0.15 + 0.4 * canvas.elderly
    edge = region["scalp"] + 0.10 * canvas.field(generator, 0.006)
    cover = step(edge, 0.10, 1.0) * density
    strands = canvas.texels.gather(grain(generator, canvas.size, 1.2))
    cover = np.clip(cover + 0.5 * strands * cover * (1 - cover), 0, 1)
    if bald:
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
    """Single hairs along the brow, thicker and wilder on men, thinner with age on women."""
    person, region = canvas.person, canvas.regions
    generator = canvas.draws("brows")
    men = person.gender == "man"
    member = region["brows"]
    roots = np.flatnonzero(member > (0.5 if men else 0.66))
    count = int((430 if men else 330) * (1 - 0.25 * canvas.elderly) * generator.uniform(0.85, 1.15))
    roots = roots[generator.integers(len(roots), size=count)]
    roots = roots[generator.random(count) < step(member[roots], 0.25, 0.7) + 0.1]
    start = np.stack(np.divmod(canvas.texels.covered[roots], canvas.size)[::-1], 1).astype(float)
    outward = np.sign(canvas.points[roots, 0])
    along = np.clip((np.abs(canvas.points[roots, 0]) - 0.010) / 0.045, 0, 1)
    # hairs stand up near the nose and lie down outwards
    tilt = np.radians(70 - 95 * along + generator.normal(0, 9, len(roots)))
    length = generator.uniform(0.005, 0.009, len(roots))
    strand = length[:, None] * np.stack([outward * np.cos(tilt), np.sin(tilt)], 1)
    end = start + np.einsum("nij,nj->ni", _texels_a_metre(canvas, roots), strand)
    picture = np.zeros((canvas.size, canvas.size), np.uint8)
    shift = 4
    for a, b in zip(*(np.rint(p * 2**shift).astype(int).tolist() for p in (start, end)), strict=True):
        cv2.line(picture, a, b, 255, 1, cv2.LINE_AA, shift)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.7 * canvas.size / 1024 + 0.2).astype(np.float32) / 255
    shadow = 0.25 * step(member, 0.35, 1.0)
    return np.clip(0.85 * canvas.texels.gather(soft) + shadow, 0, 0.9) * step(member, 0.1, 0.35)


def _texels_a_metre(canvas: Canvas, chosen: np.ndarray) -> np.ndarray:
    """How (column, row) of a texel changes with x and y on the face, [N, 2, 2], at chosen texels."""
    place = canvas.texels.picture(canvas.points[:, :2])
    across, down = (canvas.texels.gather(np.gradient(place, axis=axis))[chosen] for axis in (1, 0))
    return np.linalg.inv(np.stack([across, down], 2).astype(float) + 1e-9 * np.eye(2))


def _lashes(canvas: Canvas) -> np.ndarray:
    """A dark line on the rims of the lids, the upper one stronger, women's more."""
    region = canvas.regions
    here = np.flatnonzero((region["face"] + region["sockets"] > 0) & (region["eyes"] < 0.3))
    distance = cKDTree(_rim(canvas)).query(canvas.points[here], distance_upper_bound=0.003)[0]
    upper = 0.35 + 0.65 * step(region["upper_lids"][here], 0.2, 0.8)
    strength = 0.75 if canvas.person.gender == "woman" else 0.5
    return canvas.on(here, strength * upper * np.exp(-((np.minimum(distance, 0.003) / 0.0009) ** 2)))


def _rim(canvas: Canvas) -> np.ndarray:
    """Points along the rims of both eyes, where skin turns into the socket; [N, 3], metres."""
    sockets = canvas.topology.region("sockets") > 0
    inside = canvas.topology.faces[sockets[canvas.topology.faces].any(1)]
    edges = np.concatenate([inside[:, [0, 1]], inside[:, [1, 2]], inside[:, [2, 0]]])
    edges = edges[~sockets[edges].any(1)]
    share = np.linspace(0, 1, 6)[:, None, None]
    return ((1 - share) * canvas.vertices[edges[:, 0]] + share * canvas.vertices[edges[:, 1]]).reshape(-1, 3)
