"""An oxygen mask: a clear cone over nose and mouth with a soft rim, vents, a connector with its tube, and a strap.

Most of the face stays visible through it; rim, connector, tube and strap hide what is behind them. Lengths are metres.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.occluders.part import CLOTH, PLASTIC, Material, Part
from painctl.appearance.occluders.relief import to_polar
from painctl.appearance.occluders.shapes import curve, grid, tube, vector
from painctl.appearance.occluders.wearer import Wearer
from painctl.mesh.normals import unit
from painctl.records import Mesh

_SHELL = Material(opacity=0.22, reflectance=0.07, roughness=0.16)
_RIM = Material(opacity=0.45, reflectance=0.06, roughness=0.25)
_RINGS, _AROUND = 30, 96
_CONNECTORS = ((0.05, 0.35, 0.12), (0.05, 0.18, 0.50), (0.70, 0.72, 0.72), (0.72, 0.30, 0.05))


def oxygen_mask(wearer: Wearer) -> list[Part]:
    """The mask on the face."""
    generator, at = wearer.draws("oxygen-mask"), wearer.landmarks
    tint = np.array((0.62, 0.70, 0.68)) if generator.random() < 0.6 else np.array((0.45, 0.68, 0.50))
    depth = generator.uniform(0.040, 0.050)
    chin = 0.25 * at[57] + 0.75 * at[8] + vector(0, 0, 0.004)
    flank = [0.5 * (at[i] + at[j]) for i, j in ((48, 4), (54, 12))]
    cheek = [at[i] + vector(s * 0.016, -0.004, -0.004) for i, s in ((31, -1), (35, 1))]
    low = [0.45 * at[i] + 0.55 * at[j] for i, j in ((48, 6), (54, 10))]
    nose = at[27] + 0.35 * (at[29] - at[27])
    rim = curve(np.stack([nose, cheek[0], flank[0], low[0], chin, low[1], flank[1], cheek[1]]), _AROUND, closed=True)
    rim = wearer.lay(rim, 0.0012)
    for _ in range(3):
        rim = (np.roll(rim, 1, 0) + 2 * rim + np.roll(rim, -1, 0)) / 4
    rim = wearer.clear(rim, 0.0012)

    # A dome over the rim, clear of nose and lips
    middle = rim.mean(0)
    forward = unit(np.array((0, -0.08, 1.0)))
    apex = np.array((0, 0.45 * at[33][1] + 0.55 * at[62][1], at[30][2] + depth - 0.03))
    share = np.linspace(0, 1, _RINGS)[:, None, None]
    rise = ((apex - rim) @ forward)[:, None] * forward
    shell = rim + 0.94 * share * (apex - rim - rise) + (1 - (1 - share) ** 2.2) * rise
    shell = wearer.clear(shell.reshape(-1, 3), 0.0018).reshape(shell.shape)

    # Connector, tube, vents and strap
    hue = np.array(_CONNECTORS[generator.integers(4)])
    snout = shell[-1].mean(0)
    out = unit(np.array((0, -0.55, 0.85)))
    socket = np.stack([snout - 0.004 * out, snout + 0.010 * out, snout + 0.024 * out])
    barrel = tube(curve(socket, 10), np.linspace(0.0115, 0.0100, 10), hue, sides=20)
    side = 1 if generator.random() < 0.5 else -1
    bends = (
        vector(0, 0, 0),
        vector(side * 0.01, -0.05, 0.005),
        vector(side * 0.05, -0.16, -0.04),
        vector(side * 0.09, -0.30, -0.08),
    )
    hose = curve(np.stack([socket[-1] + bend for bend in bends]), 90)
    ribs = 0.0034 * (1 + 0.06 * np.sin(np.arange(90) * 2.4))
    pipe = tube(hose, ribs, 0.5 * (tint + 0.3), sides=10)
    vents = []
    for column in (int(_AROUND * 0.27), int(_AROUND * 0.73)):
        place, ray = shell[13, column], unit(shell[13, column] - middle)
        disc = tube(np.stack([place - 0.001 * ray, place + 0.0015 * ray]), 0.0075, tint * 0.9, sides=18)
        vents.append(disc)
    bands = [_strap(wearer, rim[int(_AROUND * position)], sign) for position, sign in ((0.24, -1), (0.76, 1))]
    clip = tube(curve(shell[2, np.r_[-7:8]], 16), 0.0021, np.array((0.7, 0.71, 0.72)), forward, flat=0.35, sides=8)
    return [
        Part(grid(shell, tint, closed=True), _SHELL, casts=False),
        Part(tube(rim, 0.0026, tint, forward, closed=True), _RIM, casts=False),
        *(Part(vent, _RIM, casts=False) for vent in vents),
        Part(barrel, PLASTIC),
        Part(pipe, PLASTIC),
        Part(clip, PLASTIC),
        *(Part(band, CLOTH) for band in bands),
    ]


def _strap(wearer: Wearer, start: np.ndarray, side: int) -> Mesh:
    """The elastic from the rim below the ear to the back of the head."""
    low, high = wearer.ear(side)
    under = np.array((side * 0.5 * abs(low[0] + high[0]), low[1] + 0.006, high[2]))
    (turn, height, _), (far, low_height, _) = to_polar(start, wearer.centre), to_polar(under, wearer.centre)
    azimuth = np.linspace(turn, side * 178.0, 70)
    knots, heights = np.array((turn, far, side * 178.0)), np.array((height, low_height, 4.0))
    elevation = np.asarray(np.interp(side * azimuth, side * knots, heights))
    for _ in range(12):
        elevation[1:-1] = (elevation[:-2] + 2 * elevation[1:-1] + elevation[2:]) / 4
    path = wearer.relief.points(azimuth, elevation, 0.001)
    return tube(path, 0.0032, np.array((0.72, 0.74, 0.70)), path - wearer.centre, flat=0.25, sides=8)
