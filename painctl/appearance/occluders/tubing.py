"""Tubes on the face: a nasal cannula, and a nasogastric tube with its tape. Lengths are metres.

A cannula's tubing is 4 to 5 mm thick, its prongs are 4 mm thick and 12 mm apart; a nasogastric tube of 12 to 16 Ch is
4 to 5.3 mm thick.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.occluders.part import PLASTIC, Material, Part
from painctl.appearance.occluders.shapes import curve, grid, tube, vector
from painctl.appearance.occluders.wearer import Wearer
from painctl.mesh.normals import unit
from painctl.records import Mesh

_CLEAR = Material(opacity=0.62, reflectance=0.05, roughness=0.3)
_TAPE = Material(reflectance=0.02, roughness=0.6)
_CANNULA, _PRONG = 0.0022, 0.0019  # radii
_SOFT_PLASTICS = ((0.55, 0.62, 0.60), (0.40, 0.58, 0.42), (0.62, 0.62, 0.58))
_TUBES = ((0.70, 0.68, 0.60), (0.62, 0.60, 0.48), (0.55, 0.66, 0.70))
_TAPES = ((0.80, 0.77, 0.71), (0.62, 0.47, 0.36), (0.75, 0.76, 0.77))


def cannula(wearer: Wearer) -> list[Part]:
    """A nasal cannula: prongs in the nostrils, tubing over both ears and down to a slide under the chin."""
    generator, at = wearer.draws("cannula"), wearer.landmarks
    colour = np.array(_SOFT_PLASTICS[generator.integers(3)])
    base = at[33] + vector(0, -0.0045, 0.0015)
    radius = _CANNULA * generator.uniform(0.85, 1.1)
    bar = curve(np.stack([at[31] + vector(-0.004, -0.006, 0.001), base, at[35] + vector(0.004, -0.006, 0.001)]), 24)
    parts = [tube(wearer.clear(bar, 0.003), 0.0036, colour, (0, 1.0, 0), flat=0.8, sides=10)]
    for side in (1, -1):
        lower = wearer.clear((base + vector(side * 0.0062, 0.001, 0.0))[None], 0.002)[0]
        prong = curve(
            np.stack([lower, lower + vector(0, 0.005, 0.0012), lower + vector(-side * 0.0006, 0.0105, -0.002)]), 10
        )
        parts.append(tube(prong, _PRONG * np.linspace(1.15, 0.9, 10), colour))
        parts.append(tube(_over_ear(wearer, bar[-1 if side > 0 else 0], side, radius), radius, colour))
    return [Part(mesh, _CLEAR if number else PLASTIC) for number, mesh in enumerate(parts)]


def _over_ear(wearer: Wearer, start: np.ndarray, side: int, radius: float) -> np.ndarray:
    """The path of a cannula's tubing from beside the nose over an ear and down to the throat, [N, 3]."""
    at = wearer.landmarks
    low, high = wearer.ear(side)
    jaw, mouth, end, under = (at[i] for i in ((13, 54, 15, 10) if side > 0 else (3, 48, 1, 6)))
    cheek = 0.5 * (0.45 * mouth + 0.55 * end) + 0.5 * (0.6 * start + 0.4 * end) + vector(0, 0.004, 0)
    skull = side * (min(abs(low[0]), abs(high[0])) + 0.003)
    above = np.array((skull, high[1] - 0.008, 0.35 * low[2] + 0.65 * high[2]))
    back = np.array((skull, 0.5 * (low[1] + high[1]), low[2] - 0.002))
    lobe = np.array((skull, low[1] + 0.002, 0.6 * low[2] + 0.4 * high[2]))
    slide = at[8] + vector(side * 0.004, -0.035, -0.028)
    front = wearer.lay(curve(np.stack([start, cheek, end + vector(0, 0.004, 0.002), above]), 40)[2:], radius + 0.0003)
    rest = curve(np.stack([above, back, lobe, 0.5 * (jaw + under) + vector(0, -0.008, -0.012), slide]), 60)[1:]
    path = np.concatenate([start[None], front, wearer.clear(rest, radius + 0.0005)])
    return wearer.clear(_eased(path, 4), radius)


def gastric_tube(wearer: Wearer) -> list[Part]:
    """A nasogastric tube out of one nostril, taped to the nose and to the cheek, and over the ear."""
    generator, at = wearer.draws("gastric-tube"), wearer.landmarks
    side = 1 if generator.random() < 0.5 else -1
    colour, tape = (np.array(choices[generator.integers(3)]) for choices in (_TUBES, _TAPES))
    radius = generator.uniform(0.0019, 0.0026)
    nostril = at[34 if side > 0 else 32] + vector(side * 0.001, 0.004, -0.003)
    low, high = wearer.ear(side)
    mouth, end = (at[i] for i in ((54, 15) if side > 0 else (48, 1)))
    skull = side * (min(abs(low[0]), abs(high[0])) + 0.003)
    above = np.array((skull, high[1] - 0.008, 0.35 * low[2] + 0.65 * high[2]))
    back = np.array((skull, 0.5 * (low[1] + high[1]), low[2] - 0.002))
    hang = at[7 if side < 0 else 9] + vector(side * 0.045, -0.075, -0.05)
    first = nostril + vector(side * 0.004, -0.010, 0.008)
    second = nostril + vector(side * 0.014, -0.012, -0.002)
    cheek = 0.45 * mouth + 0.55 * end + vector(0, 0.016, 0)
    path = curve(np.stack([nostril, first, second, cheek, end + vector(0, 0.004, 0.002), above, back, hang]), 110)
    path[6:] = wearer.clear(path[6:], radius + 0.0003)
    on_cheek = slice(16, 60)
    path[on_cheek] = wearer.lay(path[on_cheek], radius + 0.0003)
    path = _eased(path, 6)
    parts = [tube(path, radius, colour, sides=10)]
    bridge = _strip(wearer, at[28] + 0.3 * (at[29] - at[28]), at[30] + vector(0, 0.004, 0.001), 0.011, tape)
    wrapped = _strip(wearer, at[30] + vector(0, 0.003, 0.0), first + vector(0, 0.001, 0.002), 0.0065, tape)
    patch = path[np.linalg.norm(path - cheek, axis=1).argmin()]
    along = unit(path[48] - path[40])
    over = _strip(wearer, patch - 0.010 * along, patch + 0.012 * along, 0.022, tape, around=path, radius=radius)
    return [Part(parts[0], PLASTIC), *(Part(mesh, _TAPE) for mesh in (bridge, wrapped, over))]


def _strip(
    wearer: Wearer,
    start: np.ndarray,
    end: np.ndarray,
    width: float,
    colour: np.ndarray,
    around: np.ndarray | None = None,
    radius: float = 0.0,
) -> Mesh:
    """A strip of tape from `start` to `end` [3], on the skin, and over a tube `around` [N, 3] of `radius`."""
    rows, columns = 26, 18
    along = end - start
    normal = wearer.height((0.5 * (start + end))[None])[1][0]
    across = unit(np.cross(along, normal))
    u, v = np.linspace(0, 1, rows)[:, None, None], np.linspace(-0.5, 0.5, columns)[None, :, None]
    points = (start + u * along + width * v * across).reshape(-1, 3)
    points = wearer.lay(points, 0.0007)
    if around is not None:
        gap = points[:, None] - around[None]
        distance = np.linalg.norm(gap, axis=2).min(1)
        points = points + (2 * radius * np.exp(-((distance / (1.6 * radius)) ** 2)))[:, None] * normal
    v = np.abs(np.broadcast_to(v[..., 0], (rows, columns)))
    u = np.abs(np.broadcast_to(u[..., 0], (rows, columns)) - 0.5)
    edge = 1 - 0.18 * np.maximum(np.clip((v - 0.44) / 0.06, 0, 1), np.clip((u - 0.46) / 0.04, 0, 1))
    weave = 1 + 0.03 * wearer.draws("tape/weave").standard_normal((rows, columns))
    return grid(points.reshape(rows, columns, 3), colour * (edge * weave)[..., None])


def _eased(path: np.ndarray, rounds: int) -> np.ndarray:
    """A path [N, 3] smoothed along itself; its ends stay."""
    path = path.copy()
    for _ in range(rounds):
        path[1:-1] = (path[:-2] + 2 * path[1:-1] + path[2:]) / 4
    return path
