"""What covers the hair: a bandage around the forehead, a cap, a headscarf. Lengths are metres."""

from __future__ import annotations

import numpy as np

from painctl.appearance.haircuts import HAIRCUTS
from painctl.appearance.occluders.part import Part
from painctl.appearance.occluders.relief import rays, to_polar
from painctl.appearance.occluders.shapes import curve, grid, smoothed, vector
from painctl.appearance.occluders.wearer import Wearer

_AROUND = 180
_GAUZE = np.array((0.74, 0.70, 0.62))
_WOOLS = (
    (0.02, 0.02, 0.025),
    (0.20, 0.03, 0.03),
    (0.03, 0.06, 0.16),
    (0.22, 0.22, 0.23),
    (0.10, 0.12, 0.05),
    (0.45, 0.32, 0.14),
)
_PAPERS = ((0.35, 0.58, 0.72), (0.36, 0.60, 0.48), (0.72, 0.74, 0.75))
_SCARVES = (
    (0.02, 0.02, 0.024),
    (0.05, 0.06, 0.12),
    (0.55, 0.50, 0.42),
    (0.28, 0.12, 0.14),
    (0.16, 0.18, 0.17),
    (0.62, 0.55, 0.56),
)


def bandage(wearer: Wearer) -> list[Part]:
    """Three turns of gauze around the forehead."""
    generator = wearer.draws("bandage")
    azimuth = np.linspace(-180, 180, _AROUND, endpoint=False)
    front = _elevation(wearer, wearer.landmarks[[19, 24]].mean(0) + vector(0, generator.uniform(0.010, 0.018), 0))
    tilt, parts = generator.uniform(-4, 4), []
    for turn in range(3):
        low = _around(azimuth, front, _ear_top(wearer) + 7, generator.uniform(-6, 2))
        low = low + (tilt + generator.uniform(-3, 3)) * np.sin(np.radians(azimuth)) + 2.5 * turn
        across = np.linspace(0, 1, 22)[:, None]
        elevation = low + across * generator.uniform(17, 21)
        lift = 0.0030 + _hair(wearer, 0.004) + 0.0011 * turn - 0.0010 * (across < 0.02)
        points = wearer.relief.points(np.broadcast_to(azimuth, elevation.shape), elevation, lift)
        points = _rounded(points, 2)
        shape = points.shape[:2]
        weave = 1 + 0.035 * generator.standard_normal(shape) + 0.03 * np.sin(across * 60)
        creases = 0.05 * np.sin(across * 21 + 1.7 * np.sin(np.radians(2 * azimuth)) + turn)
        hem = 1 - 0.16 * np.exp(-((np.minimum(across, 1 - across) / 0.03) ** 2))
        parts.append(Part(grid(points, _GAUZE * ((weave + creases) * hem)[..., None], closed=True)))
    return parts


def cap(wearer: Wearer) -> list[Part]:
    """A patient's paper cap in hospital, else a knitted cap or one with a peak."""
    generator = wearer.draws("cap")
    style = generator.choice(["knitted", "peaked"])
    if wearer.person.garment == "hospital gown":
        style = "paper"
    colour = np.array((_PAPERS if style == "paper" else _WOOLS)[generator.integers(3 if style == "paper" else 6)])
    high = generator.uniform(0.022, 0.032)
    front = _elevation(wearer, wearer.landmarks[[19, 24]].mean(0) + vector(0, high, 0))
    azimuth = np.linspace(-180, 180, _AROUND, endpoint=False)
    ear = _ear_top(wearer)
    edge = _around(azimuth, front, ear - (9 if style == "knitted" else -3), -22 if style != "peaked" else -6)
    up = np.linspace(0, 1, 70)[:, None]
    elevation = edge + (90 - edge) * up
    turned = np.broadcast_to(azimuth, elevation.shape)
    lift = 0.004 + _hair(wearer, 0.010) * np.minimum(1, 6 * up)
    tone = 1 + 0.03 * generator.standard_normal(elevation.shape)
    if style == "knitted":
        cuff = up < 0.30
        rib = np.sin(np.radians(turned) * 60)
        lift = lift + 0.0035 * cuff + 0.0006 * rib + generator.uniform(0.004, 0.02) * np.clip(up - 0.4, 0, 1) ** 1.5
        tone = tone * (1 + 0.16 * rib) * (1 - 0.35 * np.exp(-(((up - 0.31) / 0.02) ** 2)))
    elif style == "paper":
        phases = generator.uniform(0, 6.28, 6)
        folds = sum(
            np.sin(np.radians(turned) * rate + phase)
            for rate, phase in zip((9, 14, 23, 31, 38, 47), phases, strict=True)
        )
        puff = np.sin(np.pi * np.clip(up * 1.15, 0, 1)) ** 0.6
        lift = lift + 0.012 * puff + 0.0011 * folds * (1 - up) * np.minimum(1, 14 * up)
        tone = tone * (1 + 0.035 * folds * (1 - up)) * (1 - 0.22 * np.exp(-(((up - 0.05) / 0.02) ** 2)))
    else:
        panel = np.abs(np.sin(np.radians(turned) * 3))
        lift = lift + 0.006 * np.sin(np.pi * np.clip(up, 0, 1))
        tone = tone * (1 - 0.25 * np.exp(-((panel / 0.05) ** 2)) * (up > 0.08))
    points = _rounded(wearer.relief.points(turned, elevation, lift), 2)
    parts = [Part(grid(points, colour * tone[..., None], closed=True))]
    if style == "peaked":
        parts.append(_peak(points[0], azimuth, colour))
    return parts


def _peak(edge: np.ndarray, azimuth: np.ndarray, colour: np.ndarray) -> Part:
    """The peak of a cap along the front of its `edge` [C, 3]."""
    front = np.flatnonzero(np.abs(azimuth) < 46)
    rim, turn = edge[front], azimuth[front] / 46
    out = np.linspace(0, 1, 26)[:, None]
    reach = 0.066 * np.sqrt(np.clip(1 - turn**2, 0, 1))
    forward = out * reach
    points = np.stack(
        [rim[:, 0] * (1 - 0.10 * out), rim[:, 1] - 0.28 * forward - 0.004 * turn**2 * out, rim[:, 2] + forward], -1
    )
    tone = 1 - 0.12 * np.exp(-(((out - 0.93) / 0.02) ** 2)) - 0.1 * np.exp(-(((out - 0.6) / 0.02) ** 2)) + 0 * forward
    return Part(grid(points, colour * 0.9 * tone[..., None]))


def headscarf(wearer: Wearer) -> list[Part]:
    """A scarf around hair, ears and neck that leaves the face open."""
    generator, at = wearer.draws("headscarf"), wearer.landmarks
    high = generator.uniform(0.026, 0.036)
    brow = at[[19, 24]].mean(0) * (0, 1, 1)
    rim = [brow + vector(0, high, 0.0)]
    for side, (end, one, three, five) in ((1, (26, 15, 13, 11)), (-1, (17, 1, 3, 5))):
        half = [
            brow + vector(side * 0.030, high - 0.003, -0.006),
            at[end] + vector(side * 0.010, 0.016, -0.010),
            at[one] + vector(-side * 0.002, 0.012, 0.012),
            at[three] + vector(0, 0.0, 0.006),
            at[five] + vector(side * 0.002, -0.004, 0.0),
        ]
        rim = rim + half if side > 0 else half[::-1] + rim
    rim = [at[8] + vector(0, -0.010, -0.006), *rim]
    edge = np.stack(to_polar(curve(np.stack(rim), _AROUND, closed=True), wearer.centre)[:2], 1)
    start = rays(edge[:, 0], edge[:, 1])

    # From the edge along great circles to a point behind the neck
    pole = rays(np.array(180.0), np.array(14.0))
    along = np.linspace(0, 0.985, 90)[:, None] ** 1.2
    angle = np.arccos(np.clip(start @ pole, -1, 1))
    ray = (np.sin((1 - along) * angle)[..., None] * start + np.sin(along * angle)[..., None] * pole) / np.sin(angle)[
        :, None
    ]
    azimuth, elevation, _ = to_polar(ray, np.zeros(3))
    bare = np.maximum(wearer.relief.at(azimuth, elevation), wearer.relief_with_ears.at(azimuth, elevation) - 0.004)
    radius = np.maximum(bare, np.interp(elevation, (-90, -75, -60, -48), (0.27, 0.215, 0.165, 0)))
    turn = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    fold = sum(
        strength * np.sin(rate * turn + 3 * along * bend + phase)
        for rate, strength, bend, phase in zip(
            (5, 8, 13, 21, 34),
            (1.0, 0.9, 0.7, 0.5, 0.35),
            generator.uniform(-1, 1, 5),
            generator.uniform(0, 6.28, 5),
            strict=True,
        )
    )
    low = np.clip((10 - elevation) / 60, 0.15, 1)
    lift = (
        0.003
        + np.minimum(along * 8, 1) * (0.004 + _hair(wearer, 0.010))
        + 0.0022 * fold * low * np.minimum(1, 10 * along)
    )
    points = wearer.centre + (radius + lift)[..., None] * ray
    points = _rounded(points, 6)
    colour = np.array(_SCARVES[generator.integers(len(_SCARVES))])
    tone = 1 + 0.07 * fold * low - 0.22 * np.exp(-(((along - 0.012) / 0.008) ** 2))
    tone = tone * (1 + 0.02 * generator.standard_normal(tone.shape))
    return [Part(grid(points, colour * tone[..., None], closed=True))]


def _rounded(points: np.ndarray, rounds: int) -> np.ndarray:
    """A grid [R, C, 3] that is closed along its columns, smoothed; its first and last rows stay."""
    wide = np.concatenate([points[:, -rounds:], points, points[:, :rounds]], 1)
    return smoothed(wide, rounds)[:, rounds:-rounds] if rounds else points


def _around(azimuth: np.ndarray, front: float, side: float, back: float) -> np.ndarray:
    """Elevation of an edge around the head, degrees, smooth over azimuth, from those at the front, ears and back."""
    turn = np.abs(azimuth)
    blend = np.clip(turn / 95, 0, 1), np.clip((turn - 95) / 85, 0, 1)
    ease = [share * share * (3 - 2 * share) for share in blend]
    return front + (side - front) * ease[0] + (back - side) * ease[1]


def _elevation(wearer: Wearer, point: np.ndarray) -> float:
    return float(to_polar(wearer.relief.onto(point * (0, 1, 1)), wearer.centre)[1])


def _ear_top(wearer: Wearer) -> float:
    """Elevation of the tops of the ears, degrees."""
    tops = [to_polar(np.array((low[0], high[1], low[2])), wearer.centre)[1] for low, high in map(wearer.ear, (1, -1))]
    return float(np.mean(tops))


def _hair(wearer: Wearer, most: float) -> float:
    """Thickness of the pressed hair, at most `most`."""
    cut = HAIRCUTS.get(wearer.person.haircut)
    return min(0.6 * cut.thickness, most) if cut else 0.0
