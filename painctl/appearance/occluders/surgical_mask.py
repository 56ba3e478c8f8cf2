"""A pleated surgical mask, on the face or pulled below the chin, with its loops around the ears.

A flat mask is 175 mm wide and 95 mm high with three pleats that open to about 150 mm (EN 14683 names no size; these are
those of common products). The cloth is stretched over the face, so that an open jaw pushes it out. Lengths are metres.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.occluders.part import CLOTH, Part
from painctl.appearance.occluders.relief import to_polar
from painctl.appearance.occluders.shapes import curve, grid, smoothed, taut, tube, vector
from painctl.appearance.occluders.wearer import Wearer
from painctl.records import Mesh

_ROWS, _COLUMNS = 84, 96
_LIFT = 0.0016  # of the cloth above the skin
_PLEAT = 0.0022
_COLOURS = ((0.27, 0.52, 0.68), (0.30, 0.56, 0.72), (0.78, 0.80, 0.80), (0.36, 0.58, 0.50), (0.05, 0.05, 0.055))


def surgical_mask(wearer: Wearer) -> list[Part]:
    """The mask over nose, mouth and chin."""
    generator, at = wearer.draws("mask/fit"), wearer.landmarks
    high = generator.uniform(0.05, 0.75)  # from the root of the nose down its bridge
    nose = at[27] + high * (at[29] - at[27])
    cheek = [at[low] * (1, 1, 1) - vector(0, 0.012 + 0.006 * high, 0) for low in (41, 46)]
    side = [at[end] + vector(-np.sign(at[end][0]) * 0.004, 0.0, 0.014) for end in (1, 15)]
    jaw = [at[end] + vector(0, 0.006, 0.010) for end in (3, 13)]
    under = [at[end] + vector(0, -0.006, -0.004) for end in (6, 10)]
    chin = at[8] + vector(0, -0.010, -0.014)
    return _mask(wearer, [side[0], cheek[0], nose, cheek[1], side[1]], [jaw[0], under[0], chin, under[1], jaw[1]], 1.0)


def chin_mask(wearer: Wearer) -> list[Part]:
    """The mask pulled down under the chin."""
    at = wearer.landmarks
    lip = at[57] + 0.55 * (at[8] - at[57]) + vector(0, 0, 0.004)
    flank = [at[low] + 0.6 * (at[jaw] - at[low]) + vector(0, -0.006, 0) for low, jaw in ((48, 5), (54, 11))]
    side = [at[end] + vector(0, -0.004, 0.004) for end in (2, 14)]
    jaw = [at[end] + vector(-np.sign(at[end][0]) * 0.006, -0.016, -0.006) for end in (3, 13)]
    under = [at[end] + vector(0, -0.026, -0.030) for end in (6, 10)]
    throat = at[8] + vector(0, -0.030, -0.040)
    return _mask(
        wearer, [side[0], flank[0], lip, flank[1], side[1]], [jaw[0], under[0], throat, under[1], jaw[1]], 0.55
    )


def _mask(wearer: Wearer, top: list[np.ndarray], bottom: list[np.ndarray], spread: float) -> list[Part]:
    """The mask between curves through five points each, from right to left; its pleats are `spread` 0..1 open."""
    generator, relief = wearer.draws("mask"), wearer.relief
    upper, lower = (np.stack(to_polar(np.stack(edge), wearer.centre)[:2], 1) for edge in (top, bottom))
    t = np.linspace(0, 1, _ROWS)[:, None, None]
    angles = (1 - t) * curve(upper, _COLUMNS) + t * curve(lower, _COLUMNS)
    points = relief.points(angles[..., 0], angles[..., 1], _LIFT)
    across, down = np.linspace(-1, 1, _COLUMNS)[None], t[..., 0]

    # Stretched over the hollows, with pleats that open towards the middle
    cloth = smoothed(taut(points, wearer.centre), 3)
    fade = (1 - across**4) * np.minimum(1, 6 * down * (1 - down))
    phase = (down - 0.27) / 0.17
    fold = np.where((phase > 0) & (phase < 3), phase % 1, 0.0)
    crumple = (1 - spread) * np.sin(14 * across + 9 * down + generator.uniform(0, 6)) * 0.4
    ray = (cloth - wearer.centre) / np.linalg.norm(cloth - wearer.centre, axis=-1, keepdims=True)
    wire = np.exp(-(((down - 0.05) / 0.02) ** 2)) * np.exp(-((across / 0.3) ** 4))
    lift = _PLEAT * (2 - spread) * fade * (fold + crumple) + 0.0009 * wire
    edge = np.minimum(np.minimum(down, 1 - down), 0.5 * (1 - np.abs(across)))
    cloth = cloth + (lift + 0.0008 * (edge < 0.03))[..., None] * ray
    cloth = cloth + np.maximum(relief.at(*to_polar(cloth, wearer.centre)[:2]) + 0.0008 - np.linalg.norm(
        cloth - wearer.centre, axis=-1), 0)[..., None] * ray  # fmt: skip

    colour = np.array(_COLOURS[generator.choice(len(_COLOURS), p=[0.35, 0.2, 0.2, 0.1, 0.15])])
    tone = 1 - 0.30 * fade * (fold > 0.9) - 0.12 * fade * (fold > 0.72) + 0.10 * (edge < 0.03) - 0.18 * _seam(edge)
    weave = 1 + 0.02 * generator.standard_normal((_ROWS, _COLUMNS))
    sheet = grid(cloth, colour * (tone * weave)[..., None])
    loops = [_loop(wearer, cloth[:, column], side) for column, side in ((0, -1), (-1, 1))]
    return [Part(sheet, CLOTH), *(Part(loop, CLOTH) for loop in loops)]


def _seam(edge: np.ndarray) -> np.ndarray:
    return np.exp(-(((edge - 0.032) / 0.006) ** 2))


def _loop(wearer: Wearer, border: np.ndarray, side: int) -> Mesh:
    """The elastic from the upper corner of a border [R, 3] around the ear to the lower corner."""
    low, high = wearer.ear(side)
    skull = side * (min(abs(low[0]), abs(high[0])) + 0.002)
    above = np.array((skull, high[1] - 0.006, 0.4 * low[2] + 0.6 * high[2]))
    behind = np.array((skull, (low[1] + high[1]) / 2, low[2] - 0.002))
    lobe = np.array((skull, low[1] + 0.004, 0.5 * low[2] + 0.5 * high[2]))
    path = curve(np.stack([border[2], above, behind, lobe, border[-3]]), 60)
    return tube(wearer.clear(path, 0.0016), 0.0013, np.array((0.75, 0.76, 0.77)), sides=6)
