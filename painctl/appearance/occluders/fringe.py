"""Hair that falls over the brow, as strands from the hairline. Lengths are metres."""

from __future__ import annotations

import numpy as np

from painctl.appearance.head_surface import scatter_points
from painctl.appearance.occluders.shapes import vector
from painctl.appearance.occluders.wearer import Wearer
from painctl.mesh.normals import unit
from painctl.records import Strands

_COUNT, _POINTS = 1100, 14
_WIDTH = 7.5e-4
_NONE = ("bald", "receding", "buzz")  # haircuts too short for it


def has_fringe(haircut: str) -> bool:
    """Whether hair of this cut is long enough to fall over the brow."""
    return haircut not in _NONE


def fringe(wearer: Wearer) -> Strands:
    """Strands that fall from the front of the hairline over the forehead to about the eyes, parted on one side."""
    generator, topology, person = wearer.draws("fringe"), wearer.topology, wearer.person
    at = wearer.at_rest
    brow, eyes = at[17:27, 1].mean(), at[36:48, 1].mean()
    centre = wearer.neutral[topology.faces].mean(1)
    front = topology.region("scalp")[topology.faces].mean(1) * np.exp(-(((centre[:, 1] - brow - 0.072) / 0.016) ** 2))
    front = front * (centre[:, 2] > at[[0, 16], 2].mean() - 0.01) * (np.abs(centre[:, 0]) < 0.058)
    roots, _ = scatter_points(wearer.neutral.astype(float), topology.faces, front, _COUNT, generator)

    # Locks fall to one side of a parting, to a height between brow and eyes
    parting, sweep = generator.choice([-0.022, 0.0, 0.022]), generator.uniform(0.15, 0.5)
    locks = roots[generator.integers(len(roots), size=46)]
    lock = np.abs(roots[:, None] - locks[None]).sum(2).argmin(1)
    lowest = brow - generator.uniform(-0.4, 0.75) * (brow - eyes) + 0.006 * generator.standard_normal(46)[lock]
    lean = (np.sign(roots[:, 0] - parting) * sweep + 0.14 * generator.standard_normal(46)[lock])[:, None]
    drop = np.maximum(roots[:, 1] - lowest, 0.01)[:, None]
    along = np.linspace(0, 1, _POINTS)
    target = roots + np.concatenate([lean * drop, -drop, np.zeros_like(drop)], 1)
    target[:, :2] += (locks[lock] - roots)[:, :2] * (0.55, 0.1)
    height = 0.004 + 0.010 * generator.random(len(roots))
    path = []
    for share in along:
        point = roots + share * (target - roots) + vector(0, 0, 0.02) * np.sin(np.pi * min(share, 0.5))
        point = wearer.relief.onto(point, 0.0015 + height * np.sin(np.pi * (0.12 + 0.62 * share)) * min(1.0, 5 * share))
        path.append(point)
    points = np.stack(path, 1)
    wisp = 0.0016 * generator.standard_normal((len(roots), 1, 3)) * along[None, :, None]
    points = points + wisp
    outward = unit(points - wearer.centre)
    width = _WIDTH * np.exp(0.25 * generator.standard_normal((len(roots), 1))) * (1 - 0.6 * along[None] ** 3)
    tone = np.exp(0.22 * generator.standard_normal((len(roots), 1, 1)) + 0.25 * (along[None, :, None] - 0.5))
    buried = np.clip(1 - height / 0.014, 0, 1)[:, None] * np.ones((1, _POINTS))
    parts = (points, outward, width, person.hair * tone, 0.8 * buried)
    return Strands(*(np.ascontiguousarray(part, np.float32) for part in parts))
