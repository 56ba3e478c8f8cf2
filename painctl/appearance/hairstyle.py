"""Hair that grows out of the scalp: strands as polylines, combed, curled and kept off the head.

A few hundred guide hairs are grown step by step along the combed direction of the haircut, bent by gravity and pushed
out of the head; each strand follows its nearest guide, so that hair falls in locks (after Chai et al., "AutoHair",
2016, and the guide hairs of common hair tools). A strand represents a wisp of hairs a millimetre across. Lengths are
metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.haircuts import HAIRCUTS, KNOT, Haircut, parting
from painctl.appearance.head_surface import HeadSurface, scatter_points
from painctl.mesh.normals import unit
from painctl.records import Identity, Strands, Topology
from painctl.runs.draws import draws

_LOCK = 9  # strands per guide


@dataclass(frozen=True, eq=False)
class _Growth:
    """What determines how hair grows."""

    person: Identity
    cut: Haircut
    surface: HeadSurface
    generator: np.random.Generator


def grow(person: Identity, topology: Topology, vertices: np.ndarray) -> Strands | None:
    """The hair of a person whose neutral head is `vertices` [V, 3]; None for a bald person."""
    if person.haircut not in HAIRCUTS:
        return None
    generator = draws(person.seed, person.identity, "hairstyle")
    surface = HeadSurface.of(topology, vertices, generator)
    growth = _Growth(person, HAIRCUTS[person.haircut], surface, generator)
    roots, normals = _roots(growth, topology, vertices)
    guides = _guides(growth, roots[::_LOCK], normals[::_LOCK])
    points, height = _follow(growth, guides, roots, normals)
    kept = ~_crosses_face(points)
    return _strands(growth, points[kept], height[kept])


def _roots(growth: _Growth, topology: Topology, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Random points [S, 3] of the scalp and their normals [S, 3]."""
    density = topology.region("scalp")[topology.faces].min(1)
    if growth.person.haircut == "receding":
        centre = vertices[topology.faces].mean(1)
        crown = centre[:, 1] + 0.45 * np.minimum(centre[:, 2], 0)
        density = density * np.clip((0.012 - crown) / 0.03, 0, 1)
    return scatter_points(vertices.astype(float), topology.faces, density, growth.cut.strands, growth.generator)


def _guides(growth: _Growth, roots: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Guide hairs from roots [G, 3] with normals [G, 3], grown step by step: [G, P, 3]."""
    person, cut, surface, generator = growth.person, growth.cut, growth.surface, growth.generator
    middle = parting(person)

    # the length of a step, the height that a guide keeps, and its deviation from the combed direction
    length = person.hair_length * np.clip(1 + 0.12 * generator.standard_normal(len(roots)), 0.6, 1.4)
    if person.haircut == "afro":  # a round shape, shorter around the ears
        length = person.hair_length * (0.35 + 0.65 * np.clip(roots[:, 1] / 0.09 + 0.35, 0, 1))
    if cut.tied:
        length = 1.6 * np.linalg.norm(KNOT - roots, axis=1)  # around the head and no farther
    stride = (length / (cut.points - 1))[:, None]
    height = cut.thickness * generator.uniform(0.15, 1, len(roots))
    sway = (0.06 if cut.tied else 0.22) * generator.standard_normal((len(roots), 3))

    path = [roots]
    heading = unit(_tangential(cut.comb(roots, middle), normals)) + cut.lift * normals
    for number in range(1, cut.points):
        along = number / (cut.points - 1)
        tip = path[-1]

        # turn towards the combed direction, off the scalp, down by gravity and away from the face
        normal = surface.nearest(tip)[1]
        comb = _tangential(unit(cut.comb(tip, middle)) + sway, normal)
        lift = cut.lift * (1 - 0.8 * along) if cut.lift < 1 else cut.lift
        falls = cut.weight * np.clip(along * person.hair_length / 0.06, 0, 1)
        goal = unit(comb) * (1 - 0.85 * falls) + lift * normal + falls * np.array((0, -1.3, 0))
        goal = goal - 2.5 * _before_face(tip, cut)[:, None] * np.array((0, 0, 1.0))
        heading = unit(heading + 1.6 * unit(goal))

        # step, and push the new tip out of the head; hair without lift is also pulled down to it
        grown = tip + stride * heading
        above, normal = surface.nearest(grown)
        least = np.minimum(height, 0.35 * along * person.hair_length + 0.0008)
        push = np.maximum(least - above, 0) - (np.maximum(above - height, 0) if cut.lift == 0 else 0)
        grown = grown + push[:, None] * normal
        path.append(grown)
        heading = unit(grown - tip)
    return np.stack(path, 1)


def _before_face(points: np.ndarray, cut: Haircut) -> np.ndarray:
    """How much hanging hair is in front of the face, 0..1 [N]: it is combed behind the ears."""
    if cut.weight < 1:
        return np.zeros(len(points))
    _, y, z = points.T
    return np.clip((z + 0.075) / 0.02, 0, 1) * np.clip((0.075 - y) / 0.02, 0, 1)


def _follow(
    growth: _Growth, guides: np.ndarray, roots: np.ndarray, normals: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Strands [S, P, 3] along their nearest guides, curled, and their height above the head [S, P]."""
    person, generator = growth.person, growth.generator
    count, number = len(roots), guides.shape[1]
    nearest = cKDTree(guides[:, 0]).query(roots)[1]
    along = np.linspace(0, 1, number)[None, :, None]
    offset = (roots - guides[nearest, 0])[:, None]
    together = 0.55 if person.hair_curl > 0.5 else 0.35
    points = guides[nearest] + offset * (1 - together * along)
    loose = generator.standard_normal((count, 1, 3)) * (0.0012 + 0.02 * person.hair_length)
    points = points + loose * along
    points = points + _curls(growth, guides, nearest, normals, along)
    height, normal = growth.surface.nearest(points.reshape(-1, 3))
    floor = 0.0008 + 0.2 * growth.cut.thickness * generator.random((count, 1))
    floor = np.repeat(floor, number, 1) * (along[..., 0] > 0)
    push = np.maximum(floor.ravel() - height, 0)
    points = points + (push[:, None] * normal).reshape(points.shape)
    return points, (height + push).reshape(count, number)


def _crosses_face(points: np.ndarray) -> np.ndarray:
    """Which strands [S, P, 3] fall in front of brows or eyes, bool [S]: people brush them away."""
    _, y, z = points.transpose(2, 0, 1)
    return ((y < 0.03) & (z > -0.02)).any(axis=1)


def _curls(
    growth: _Growth, guides: np.ndarray, nearest: np.ndarray, normals: np.ndarray, along: np.ndarray
) -> np.ndarray:
    """A helix around each strand, in phase within a lock, as displacements [S, P, 3].

    `nearest` int [S] are the strands' guides, `normals` [S, 3] those of their roots, `along` [1, P, 1] runs from 0 at
    the root to 1 at the tip.
    """
    curl, length, generator = growth.person.hair_curl, growth.person.hair_length, growth.generator
    if curl < 0.15:
        return np.zeros((1, 1, 3))
    turns = length / np.interp(curl, (0.15, 0.4, 0.7, 1.0), (0.14, 0.08, 0.045, 0.018))
    turns = min(turns, (guides.shape[1] - 1) / (5 if curl < 0.8 else 3.5))  # as many as a strand's points can show
    radius = np.interp(curl, (0.15, 0.4, 0.7, 1.0), (0.001, 0.005, 0.008, 0.004)) * min(1, length / 0.05)
    phase = generator.uniform(0, 2 * np.pi, len(guides))[nearest] + 0.5 * generator.standard_normal(len(nearest))
    angle = 2 * np.pi * turns * along[..., 0] + phase[:, None]
    tangent = unit(guides[nearest, -1] - guides[nearest, 0])
    first = unit(np.cross(tangent, normals) + 1e-9)
    second = np.cross(first, tangent)
    ring = np.cos(angle)[..., None] * first[:, None] + np.sin(angle)[..., None] * second[:, None]
    return radius * np.minimum(1, 3 * along) * ring


def _strands(growth: _Growth, points: np.ndarray, height: np.ndarray) -> Strands:
    """Strands along points [S, P, 3] at heights [S, P] above the head, with their widths and colours."""
    person, generator = growth.person, growth.generator
    count, number, _ = points.shape
    along = np.linspace(0, 1, number)[None]
    outward = growth.surface.nearest(points.reshape(-1, 3))[1].reshape(points.shape)
    width = (
        growth.cut.width
        * np.exp(0.25 * generator.standard_normal((count, 1)))
        * np.minimum(0.5 + 4 * along, 1)
        * (1 - 0.5 * along**2)
    )
    tone = np.exp(0.22 * generator.standard_normal((count, 1, 1)) + 0.25 * (along[..., None] - 0.5))
    highest = np.quantile(height, 0.9, axis=0, keepdims=True) + 1e-4
    buried = np.clip(1 - height / highest, 0, 1)
    parts = (points, outward, width, person.hair * tone, buried)
    return Strands(*(np.ascontiguousarray(part, np.float32) for part in parts))


def _tangential(vectors: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Vectors [N, 3] without their components along the unit normals [N, 3]."""
    return vectors - (vectors * normals).sum(1, keepdims=True) * normals
