"""Guide hairs: a few hundred paths, grown step by step over the head, that all other hair follows.

A guide turns towards the combed direction of the haircut and a smooth random field, is bent by gravity, and is pushed
out of the head (after Chai et al., "AutoHair", 2016, and the guide hairs of common hair tools). Lengths are metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.appearance.haircuts import CROWN_KNOT, KNOT, SIDE_KNOTS, Haircut, in_fringe, parting
from painctl.appearance.head_surface import HeadSurface
from painctl.appearance.smoothstep import smoothstep
from painctl.mesh.normals import unit
from painctl.records import Identity
from painctl.runs.draws import draws

_FEWEST, _MOST, _APART = 5, 16, 0.005  # points of a guide, and metres between them
_RISE = 0.018  # metres of hair over which it reaches its full height above the scalp
_SWAY, _SWAY_WAVES = 0.045, 5  # wavelength in metres of the random deviation from the combed direction, and its waves
_FRAMING = 0.7  # share of people whose hanging hair frames the face
_NECK = np.array((0, 0, -0.095))  # on the vertical axis of the neck
_COLLAR = 0.010  # metres between hanging hair and the skin under clothes


@dataclass(frozen=True, eq=False)
class Growth:
    """What determines how a person's hair grows."""

    person: Identity
    cut: Haircut
    surface: HeadSurface
    brows: float  # height of the upper edge of the brows, metres above the eyes
    generator: np.random.Generator

    @property
    def framing(self) -> bool:
        """Whether hanging hair frames the face, or is combed behind the ears."""
        return self.cut.fringe or draws(self.person.seed, self.person.identity, "hairstyle/framing").random() < _FRAMING


@dataclass(frozen=True, eq=False)
class Guides:
    """G guides of P points."""

    points: np.ndarray  # [G, P, 3], metres, root first
    height: np.ndarray  # [G, P], above the head
    outward: np.ndarray  # [G, P, 3], unit, normal of the head at its nearest point


def grow_guides(growth: Growth, roots: np.ndarray, normals: np.ndarray, length: np.ndarray) -> Guides:
    """Guides of `length` [G] from roots [G, 3] on skin with unit normals [G, 3]."""
    cut, surface, middle = growth.cut, growth.surface, parting(growth.person)
    if cut.tied:
        length = 1.25 * np.linalg.norm(_knots(growth, roots) - roots, axis=1)  # around the head and no farther
    count = int(np.clip(np.ceil(length.max() / _APART), _FEWEST, _MOST))
    stride = (length / (count - 1))[:, None]
    sway = _Sway(growth.generator, 0.05 if cut.tied else 0.25)
    height = cut.thickness * np.clip(1 + (1.5 if cut.tied else 0.8) * sway(roots)[:, 0], 0.5, 1.5)
    if cut.fringe:
        height = np.where(in_fringe(roots), 0.4, 1) * height
    flat = np.where(in_fringe(roots), 0.6, 0.0) if cut.fringe else 1.0
    path, above, outward = [roots], [np.zeros(len(roots))], [normals]
    heading = unit(_tangential(cut.comb(roots, roots, middle), normals)) + cut.lift * normals
    for number in range(1, count):
        along, tip, normal = number / (count - 1), path[-1], outward[-1]

        # turn towards the combed direction, off the scalp, down by gravity and away from the face
        comb = _tangential(unit(cut.comb(tip, roots, middle)) + sway(tip), normal)
        lift = cut.lift * (1 - 0.8 * along) if cut.lift < 1 else cut.lift
        falls = (cut.weight * np.clip(along * length / 0.06, 0, 1))[:, None]
        goal = unit(comb) * (1 - 0.85 * falls) + lift * normal + falls * np.array((0, -1.3, 0))
        goal = goal + falls * _inwards(tip, above[-1])
        goal = goal - 2.5 * _before_face(tip, roots, growth)[:, None] * np.array((0, 0, 1.0))
        heading = unit(heading + 1.6 * unit(goal))
        step = stride
        if cut.tied:  # as far as the knot
            way = _knots(growth, roots) - tip
            step = np.minimum(stride, np.linalg.norm(way, axis=1, keepdims=True))

        # step, and push the new tip out of the head; hair without lift is also pulled down to it
        grown = tip + step * heading
        now, normal = surface.nearest(grown)
        least = height * (1 - np.exp(-along * length / _RISE)) + 0.0008
        least = np.maximum(least, _COLLAR * smoothstep(-grown[:, 1], 0.09, 0.13))
        push = np.maximum(least - now, 0)
        if cut.lift == 0 or cut.fringe:
            push = push - flat * np.maximum(now - height, 0)
        if cut.tied:
            push = np.where(now > 0.012, 0, push)
        grown = grown + push[:, None] * normal
        path.append(grown)
        above.append(now + push)
        outward.append(normal)
        heading = unit(grown - tip)
    return Guides(*(np.stack(part, 1) for part in (path, above, outward)))


def _knots(growth: Growth, roots: np.ndarray) -> np.ndarray:
    """Where the hair from roots [N, 3] is tied, [N, 3]."""
    if growth.cut.bundle == "plaits":
        return np.where(roots[:, :1] > 0, 1.0, -1.0) * SIDE_KNOTS * (1, 0, 0) + SIDE_KNOTS * (0, 1, 1)
    return np.broadcast_to(CROWN_KNOT if growth.cut.bundle == "bun" else KNOT, roots.shape)


def _inwards(points: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Pull [N, 3] of hair that hangs at points [N, 3], `above` [N] the skin, towards the neck: hairs cohere."""
    hanging = smoothstep(-points[:, 1], 0.0, 0.05) * smoothstep(above, 0.010, 0.030)
    return 0.45 * hanging[:, None] * unit((_NECK - points) * (1, 0, 1))


def _before_face(points: np.ndarray, roots: np.ndarray, growth: Growth) -> np.ndarray:
    """How much hanging hair at points [N, 3] is in front of the face, 0..1 [N]: it is combed to its sides."""
    if growth.cut.weight < 1:
        return np.zeros(len(points))
    _, y, z = points.T
    front = -0.034 if growth.framing else -0.070
    before = smoothstep(z, front - 0.012, front + 0.012) * np.clip((0.075 - y) / 0.02, 0, 1)
    return np.where(in_fringe(roots), 0, before) if growth.cut.fringe else before


class _Sway:
    """A smooth random vector field: a sum of plane waves."""

    def __init__(self, generator: np.random.Generator, strength: float) -> None:
        self._waves = 2 * np.pi / _SWAY * 0.5 * generator.standard_normal((_SWAY_WAVES, 3))
        self._phases = generator.uniform(0, 2 * np.pi, _SWAY_WAVES)
        self._directions = strength / np.sqrt(_SWAY_WAVES / 2) * generator.standard_normal((_SWAY_WAVES, 3))

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """The field at points [N, 3]: [N, 3]."""
        total = np.zeros_like(points)
        for wave, phase, direction in zip(self._waves, self._phases, self._directions, strict=True):
            total += np.sin((points * wave).sum(1) + phase)[:, None] * direction
        return total


def _tangential(vectors: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Vectors [N, 3] without their components along the unit normals [N, 3]."""
    return vectors - (vectors * normals).sum(1, keepdims=True) * normals
