"""Strands between guide hairs: each follows its nearest guides, at its own depth, and gathers with its neighbours.

Lengths are metres.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.hair_guides import Growth, Guides
from painctl.appearance.haircuts import in_fringe, parting
from painctl.mesh.normals import unit

_NEIGHBOURS, _SOFT = 4, 0.004  # guides that a strand follows, and metres within which they count alike
_APART = 0.05  # metres by which the hair on the other side of a parting, or of a fringe's edge, seems farther away
_PER_LOCK = 14  # strands
_FLYAWAYS = 0.020  # share of the strands that stand off the others
_FLOOR = 0.0008  # metres between the skin and the lowest hair
_LINE = 0.070  # metres above the eyes from which the length of hair that ends at one height is measured
_CHECKED = 0.006  # metres above the head below which a strand may have entered it between guides


def follow(
    growth: Growth, guides: Guides, roots: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Strands from roots [S, 3], `inside` [S] from 0 at the hairline to 1 behind it.

    Returns control points [S, P, 3], the head's normals there [S, P, 3], and the share of each curve at which the hair
    ends [S].
    """
    generator, cut = growth.generator, growth.cut
    place = _place(growth, roots)
    points, height, outward = _between(guides, _place(growth, guides.points[:, 0]), place, roots, cut.tied)
    number = points.shape[1]
    along = np.linspace(0, 1, number)
    sink = 1 - np.sqrt(generator.random((len(roots), 1)))
    points = points - (sink * np.minimum(height, cut.thickness))[..., None] * outward
    height = height - sink * np.minimum(height, cut.thickness)

    # locks: strands of neighbouring roots approach their middle one
    if cut.lock:
        middles = np.arange(0, len(roots), _PER_LOCK)
        middle = middles[cKDTree(place[middles]).query(place)[1]]
        curly = growth.person.hair_curl > 0.5  # curls form ringlets soon
        lock, reach = (min(1.7 * cut.lock, 0.8), np.minimum(2.5 * along, 1)) if curly else (cut.lock, along)
        gather = np.minimum(lock * generator.uniform(0.4, 1.2, (len(roots), 1)), 0.9) * reach
        points = points + gather[..., None] * (points[middle] - points)

    # each hair's own way, and those that stand off
    length = growth.person.hair_length
    loose = 0.3 if cut.tied or cut.braided else 1.0
    points = points + loose * _wander(generator, len(roots), along, 0.0005 + 0.012 * length)
    stray = (generator.random((len(roots), 1)) < _FLYAWAYS) * generator.uniform(
        0, min(0.25 * length, 0.012), (len(roots), 1)
    )
    points = points + (stray * np.sin(np.pi * 0.75 * along))[..., None] * outward

    # out of the head
    low = height < _CHECKED
    low[:, 0] = False
    now, normal = growth.surface.nearest(points[low])
    points[low] += np.maximum(_FLOOR - now, 0)[:, None] * normal
    return points, outward, _ends(growth, points, roots, inside)


def _place(growth: Growth, roots: np.ndarray) -> np.ndarray:
    """Roots [N, 3] with coordinates that part the hair, [N, 5]: neighbours in them are combed alike."""
    cut = growth.cut
    side = _APART * (roots[:, :1] > parting(growth.person)) * cut.parted
    return np.concatenate([roots, side, _APART * in_fringe(roots)[:, None] * (cut.fringe and cut.weight == 1)], 1)


def _between(
    guides: Guides, starts: np.ndarray, place: np.ndarray, roots: np.ndarray, tied: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points [S, P, 3], heights [S, P] and normals [S, P, 3] between guides, for roots [S, 3].

    `starts` [G, 5] and `place` [S, 5] are the roots of guides and of strands, as `_place` gives them.
    """
    distance, nearest = cKDTree(starts).query(place, k=_NEIGHBOURS)
    weight = 1 / (distance**2 + _SOFT**2)
    weight /= weight.sum(1, keepdims=True)
    points, height, outward = (
        sum(_times(weight[:, k], part[nearest[:, k]]) for k in range(_NEIGHBOURS))
        for part in (guides.points, guides.height, guides.outward)
    )
    away = (roots - points[:, 0])[:, None]
    if tied:
        away = away * (1 - np.linspace(0, 1, points.shape[1]))[:, None]
    return points + away, height, unit(outward)


def _times(weight: np.ndarray, values: np.ndarray) -> np.ndarray:
    return weight.reshape(-1, *(1,) * (values.ndim - 1)) * values


def _wander(generator: np.random.Generator, count: int, along: np.ndarray, reach: float) -> np.ndarray:
    """Slow random deviations [S, P, 3] of hairs, `reach` metres at their tips."""
    phase, speed = generator.uniform(0, 2 * np.pi, (count, 1, 3)), generator.uniform(2, 6, (count, 1, 3))
    wave = np.sin(phase + speed * along[:, None]) - np.sin(phase)
    return reach * generator.standard_normal((count, 1, 3)) * along[:, None] * wave


def _ends(growth: Growth, points: np.ndarray, roots: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The share of the control points [S, P, 3] after which each hair is cut [S]."""
    generator, cut = growth.generator, growth.cut
    count, number, _ = points.shape
    if cut.tied:
        return np.ones(count)
    end = 1 - 0.25 * generator.random(count) ** 2
    short = (generator.random(count) < 0.5 * (1 - inside)) * (0.75 - 0.55 * inside)
    end = end * (1 - short * generator.uniform(0.5, 1, count))

    # hair is cut where it reaches the brows, or the height at which all of it ends
    y, z = points[..., 1], points[..., 2]
    brows = growth.brows + (generator.uniform(-0.003, 0.004) if cut.fringe else 0.010)
    level = np.where(z > -0.020, brows, -np.inf)
    if cut.blunt:
        lowest = _LINE - growth.person.hair_length + 0.004 * np.abs(generator.standard_normal((count, 1)))
        level = np.maximum(level, lowest)
    level = level + 0.0018 * generator.standard_normal((count, 1))
    below = y < level
    first = np.where(below.any(1), below.argmax(1), number - 1)
    rows, last = np.arange(count), np.maximum(first - 1, 0)
    a, b = y[rows, last], y[rows, first]
    share = np.where(below.any(1), np.clip((a - level[rows, first]) / np.maximum(a - b, 1e-6), 0.05, 1), 1)
    return np.minimum(end, (last + share) / (number - 1))
