"""Hair that grows out of the scalp: strands that follow guide hairs, gathered in locks, curled and kept off the face.

A strand represents a wisp of hairs up to a millimetre across. Hairs at the hairline are sparser, finer and shorter
than those behind it, and some stand off the others. Lengths are metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.hair_bundles import bundles
from painctl.appearance.hair_curls import braid, curl_shape, helix, points_needed, spline
from painctl.appearance.hair_depth import away_from_body, buried
from painctl.appearance.hair_guides import Growth, grow_guides
from painctl.appearance.hair_locks import follow
from painctl.appearance.haircuts import HAIRCUTS
from painctl.appearance.head_surface import HeadSurface, scatter_points
from painctl.appearance.smoothstep import smoothstep
from painctl.records import Identity, Strands, Topology
from painctl.runs.draws import draws

_GUIDES = 420
_MOST_POINTS = 135_000  # of all strands together
_COIL = 0.022  # metres of an afro's strands that are drawn: the rest is inside
_SPARE = 0.09  # metres that hair grows longer which is cut at one height
_EYES = 0.010  # metres above the eyes below which no hair hangs in front of the face


@dataclass(frozen=True, eq=False)
class _Roots:
    """S roots of hair."""

    points: np.ndarray  # [S, 3], metres
    normals: np.ndarray  # [S, 3], unit
    inside: np.ndarray  # [S], 0 at the hairline to 1 behind it

    def __getitem__(self, chosen: np.ndarray | slice) -> _Roots:
        return _Roots(self.points[chosen], self.normals[chosen], self.inside[chosen])


def grow(person: Identity, topology: Topology, vertices: np.ndarray) -> Strands | None:
    """The hair of a person whose neutral head is `vertices` [V, 3]; None for a bald person."""
    if person.haircut not in HAIRCUTS:
        return None
    growth = _growth(person, topology, vertices)
    period, radius = curl_shape(person.hair_curl, person.hair_length)
    if growth.cut.tied or growth.cut.braided:
        radius = 0.0
    number = int(np.clip(np.ceil(person.hair_length / 0.014) + 3, 4, 20))
    if growth.cut.braided:
        number, period, radius = 56, 0.030, 0.0022
    elif radius:
        number = points_needed(min(person.hair_length, _COIL if _round(growth) else 1.0), period, number)
    roots = _roots(growth, topology, vertices, number)
    chosen = growth.generator.permutation(len(roots.points))[:_GUIDES]
    guides = grow_guides(growth, roots[chosen].points, roots[chosen].normals, _lengths(growth, roots[chosen]))
    points, outward, end = follow(growth, guides, roots.points, roots.inside)
    thin = 0.5 + 0.5 * roots.inside
    begin = np.zeros(len(end))
    if _round(growth):
        begin, end, thin = _shell(growth, end, thin)
    curves = spline(np.concatenate([points, outward], 2), begin, end, number)
    points, outward = curves[..., :3], away_from_body(curves[..., :3], curves[..., 3:])
    if growth.cut.braided:
        points = braid(points, outward, period, radius).reshape(-1, number, 3)
        outward, thin = np.repeat(outward, 3, 0), np.repeat(thin, 3)
    elif radius:
        points = _curled(growth, points, outward, roots.points, period, radius)
    kept = ~_crosses_face(points)
    points, outward, thin = points[kept], outward[kept], thin[kept]
    tied, tied_outward = bundles(growth, number)
    parts = np.concatenate([points, tied]), np.concatenate([outward, tied_outward])
    return _strands(growth, *parts, np.concatenate([thin, np.ones(len(tied))]))


def _growth(person: Identity, topology: Topology, vertices: np.ndarray) -> Growth:
    generator = draws(person.seed, person.identity, "hairstyle")
    surface = HeadSurface.of(topology, vertices, generator)
    brows = float(topology.landmarks(vertices)[17:27, 1].max())
    return Growth(person, HAIRCUTS[person.haircut], surface, brows, generator)


def _round(growth: Growth) -> bool:
    """Whether hair stands off the head all over, as in an afro."""
    return growth.cut.lift >= 1


def _roots(growth: Growth, topology: Topology, vertices: np.ndarray, number: int) -> _Roots:
    """Random points of the scalp for strands of `number` points, sparser at the hairline."""
    generator, scalp = growth.generator, topology.region("scalp")
    density = scalp[topology.faces].min(1)
    if growth.person.haircut == "receding":
        centre = vertices[topology.faces].mean(1)
        crown = centre[:, 1] + 0.45 * np.minimum(centre[:, 2], 0)
        density = density * np.clip((0.012 - crown) / 0.03, 0, 1)
    count = min(growth.cut.strands, _MOST_POINTS // number)
    points, normals = scatter_points(vertices.astype(float), topology.faces, density, count, generator)
    distance = cKDTree(vertices[scalp < 0.5]).query(points)[0]
    inside = smoothstep(distance, 0.003, 0.020)
    kept = generator.random(count) < 0.35 + 0.65 * inside
    return _Roots(points, normals, inside)[kept]


def _lengths(growth: Growth, roots: _Roots) -> np.ndarray:
    """Length of the hair from each root [N]: a cut may be shorter at the temples and the nape."""
    x, y, z = roots.points.T
    top = smoothstep(y - 0.25 * np.maximum(-0.09 - z, 0), 0.015, 0.085)
    length = growth.person.hair_length * (growth.cut.sides + (1 - growth.cut.sides) * top)
    if growth.cut.blunt:
        length = length + _SPARE
    if _round(growth):  # shorter around the ears
        length = growth.person.hair_length * (0.45 + 0.55 * smoothstep(y, -0.05, 0.05))
        length = length * (0.5 + 0.5 * roots.inside)
    return length * np.clip(1 + 0.06 * growth.generator.standard_normal(len(x)), 0.8, 1.2)


def _shell(growth: Growth, end: np.ndarray, thin: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the drawn part of each of an afro's strands begins and ends, and its thickness, [S] each.

    No one sees a single hair inside: every third strand is wide and fills it, the others make the outside.
    """
    coil = _COIL / growth.person.hair_length
    filling = np.arange(len(end)) % 3 == 0
    begin = np.where(filling, 0, np.maximum(end - coil, 0))
    end = np.where(filling, np.maximum(end - 0.5 * coil, 0.3), end)
    return begin, end, np.where(filling, 2.2 * thin, thin)


def _curled(
    growth: Growth, points: np.ndarray, outward: np.ndarray, roots: np.ndarray, period: float, radius: float
) -> np.ndarray:
    """Strands [S, P, 3] from roots [S, 3] with their curls, in phase within a lock."""
    generator = growth.generator
    locks = cKDTree(roots[:: 3 if growth.person.hair_curl > 0.85 else 14])
    lock = locks.query(roots)[1]
    phase = generator.uniform(0, 2 * np.pi, locks.n)[lock] + 0.35 * generator.standard_normal(len(roots))
    varied = period * np.exp(0.12 * generator.standard_normal(locks.n))[lock]
    start = 0.010 if growth.person.hair_curl > 0.5 else 0.035
    return helix(points, outward, varied, radius, phase, start)


def _crosses_face(points: np.ndarray) -> np.ndarray:
    """Which strands [S, P, 3] still hang in front of the eyes, bool [S]."""
    x, y, z = points.transpose(2, 0, 1)
    return ((y < _EYES) & (z > -0.020) & (np.abs(x) < 0.070)).any(axis=1)


def _strands(growth: Growth, points: np.ndarray, outward: np.ndarray, thin: np.ndarray) -> Strands:
    """Strands along points [S, P, 3] of relative thickness [S], with widths and colours."""
    generator = growth.generator
    count, number, _ = points.shape
    along = np.linspace(0, 1, number)[None]
    width = growth.cut.width * thin[:, None] * np.exp(0.25 * generator.standard_normal((count, 1)))
    if not growth.cut.braided:
        width = width * np.minimum(0.6 + 4 * along, 1) * (1 - 0.55 * along**3)
    tone = np.exp(0.20 * generator.standard_normal((count, 1, 1)) + 0.15 * (along[..., None] - 0.5))
    width = np.broadcast_to(width, points.shape[:2])
    parts = (points, outward, width, growth.person.hair * tone, buried(points, outward, width))
    return Strands(*(np.ascontiguousarray(part, np.float32) for part in parts))
