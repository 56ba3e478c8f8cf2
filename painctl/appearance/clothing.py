"""Clothing around the neck: the skin below a neckline moved outwards, with a hem above and a skirt below.

The garment ends far below the open edge of the head's mesh, and hides it. Lengths are metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from painctl.mesh.boundary import boundary_loops
from painctl.mesh.clipping import clip_below
from painctl.mesh.graph import connected_components
from painctl.mesh.normals import unit, vertex_normals
from painctl.records import Identity, Mesh, Topology
from painctl.runs.draws import draws


@dataclass(frozen=True)
class _Cut:
    front: float  # height of the neckline above the edge of the mesh, at the throat
    slope: float  # rise of the neckline towards the nape, metres per metre
    point: float  # drop of the neckline towards the midline of the front, metres per metre
    ease: float  # distance from skin to cloth
    hem: float  # height of the rib on the neckline


_CUTS = {
    "crew neck": _Cut(0.046, 0.50, 0.0, 0.003, 0.013),
    "v-neck": _Cut(0.056, 0.42, 0.85, 0.003, 0.008),
    "scoop neck": _Cut(0.026, 0.52, 0.0, 0.003, 0.006),
    "turtleneck": _Cut(0.050, 0.50, 0.0, 0.004, 0.040),
    "hospital gown": _Cut(0.042, 0.46, 0.25, 0.006, 0.007),
}
_HEM_RINGS = 4
_LOWEST = 0.006  # height of a neckline above the edge of the mesh
_SKIRT = ((0.012, 0.035), (0.018, 0.11), (0.018, 0.30))  # offsets outwards and down of the rings below the edge
_FOLD = 0.003  # amplitude of the waves of the cloth


def dress(person: Identity, topology: Topology, vertices: np.ndarray) -> Mesh:
    """The garment of a person whose neutral head is `vertices` [V, 3]."""
    cut, generator = _CUTS[person.garment], draws(person.seed, person.identity, "clothing")
    vertices = vertices.astype(np.float64)
    normals = vertex_normals(vertices, topology.faces)
    below = np.where(topology.region("neck") > 0, _neckline(cut, topology, vertices) - vertices[:, 1], -1.0)
    rim = boundary_loops(topology.faces)[0]
    below[rim] = np.maximum(below[rim], _LOWEST)
    faces, _, rows, _ = clip_below(below, topology.faces, topology.faces)
    deep, skin, outward = rows(below), rows(vertices), unit(rows(normals))
    ease = cut.ease * np.clip(0.4 + deep / 0.01, 0, 1) + _waves(skin, generator) * np.clip(deep / 0.03, 0, 1)
    faces = _connected_to_edge(faces, deep)
    parts, walls = [skin + ease[:, None] * outward], [faces]
    *_, neckline, edge = sorted(boundary_loops(faces), key=lambda rim: (deep[rim].mean() > _LOWEST / 2, len(rim)))
    head = cKDTree(vertices), vertices, normals
    for rim, rings in ((neckline, _hem(cut, head, skin[neckline], outward[neckline])), (edge, _skirt(parts[0][edge]))):
        walls.append(_wall(rim, sum(map(len, parts)), len(rings)))
        parts += rings
    shade = np.concatenate([np.ones(len(skin)), np.full(_HEM_RINGS * len(neckline), 0.85)])
    shade = np.pad(shade, (0, sum(map(len, parts)) - len(shade)), constant_values=1.0)
    return Mesh(
        np.concatenate(parts).astype(np.float32),
        np.concatenate(walls).astype(np.int32),
        (shade[:, None] * person.cloth).astype(np.float32),
    )


def _connected_to_edge(faces: np.ndarray, deep: np.ndarray) -> np.ndarray:
    """Faces [M, 3] connected to the edge of the mesh, unlike a fold of the neck; `deep` [N] is below the neckline."""
    part = connected_components(faces, len(deep))
    return faces[part[faces[:, 0]] == part[np.bincount(faces.ravel(), weights=deep[faces].ravel()).argmax()]]


def _neckline(cut: _Cut, topology: Topology, vertices: np.ndarray) -> np.ndarray:
    """Height of the neckline at each vertex [V]: a plane that rises towards the nape, with a point at the front."""
    x, y, z = vertices.T
    edge = boundary_loops(topology.faces)[0]
    throat = edge[np.argmax(z[edge] - 0.2 * np.abs(x[edge]))]
    point = cut.point * np.clip(0.055 - np.abs(x), 0, None) * np.clip((z + 0.11) / 0.03, 0, 1)
    return y[throat] + cut.front - cut.slope * (z - z[throat]) - point


def _waves(skin: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Depth of soft folds over the shoulders, metres [N]."""
    around = np.arctan2(skin[:, 0], skin[:, 2] + 0.1)
    rates, phases = generator.integers(3, 9, 4), generator.uniform(0, 2 * np.pi, 4)
    return 0.25 * _FOLD * np.sum([1 + np.cos(rate * around + p) for rate, p in zip(rates, phases, strict=True)], 0)


def _hem(
    cut: _Cut, head: tuple[cKDTree, np.ndarray, np.ndarray], rim: np.ndarray, outward: np.ndarray
) -> list[np.ndarray]:
    """Rings [R, 3] of a rib up from the neckline `rim` [R, 3] along the neck; the last one turns inwards.

    `head` is a tree of the head's vertices, the vertices, and their normals.
    """
    tree, vertices, normals = head
    outward = unit(_smoothed(outward))
    up = np.array((0, 1.0, 0)) - outward[:, 1:2] * outward
    rings = []
    for height, ease in ((0.05, 0.0022), (0.5, 0.0024), (0.92, 0.0022), (1.0, -0.006)):
        ring = rim + height * cut.hem * unit(up)
        near = tree.query(ring)[1]
        above = ((ring - vertices[near]) * normals[near]).sum(1)
        rings.append(ring + _smoothed((cut.ease + ease - above)[:, None] * normals[near]))
    return rings


def _smoothed(vectors: np.ndarray) -> np.ndarray:
    """Vectors [R, 3] at the points of a closed rim, smoothed along it."""
    for _ in range(4):
        vectors = (np.roll(vectors, 1, axis=0) + 2 * vectors + np.roll(vectors, -1, axis=0)) / 4
    return vectors


def _skirt(edge: np.ndarray) -> list[np.ndarray]:
    """Rings [R, 3] below the edge [R, 3] of the mesh."""
    outward = edge - edge.mean(0)
    outward[:, 1] = 0
    return [edge + out * unit(outward) - (0, down, 0) for out, down in _SKIRT]


def _wall(rim: np.ndarray, first: int, rings: int) -> np.ndarray:
    """Triangles between a rim int [R] and rings of R new vertices each, numbered from `first`."""
    walls, inner = [], rim
    for ring in range(rings):
        outer = first + ring * len(rim) + np.arange(len(rim))
        a, b, c, d = inner, np.roll(inner, -1), np.roll(outer, -1), outer
        walls += [np.stack([b, a, d], 1), np.stack([b, d, c], 1)]
        inner = outer
    return np.concatenate(walls)
