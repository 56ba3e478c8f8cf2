"""Hair that grows out of the scalp: strands as polylines, combed, curled and kept off the head.

A few hundred guide hairs are grown step by step along the combed direction of the cut, bent by gravity and pushed out
of the head; each strand follows its nearest guide, so that hair falls in locks (after Chai et al., "AutoHair", 2016,
and the guides of any hair tool). A strand stands for a wisp of hairs a millimetre across. Lengths are metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from painctl.mesh.normals import face_areas, unit, vertex_normals
from painctl.records import Identity, Strands, Topology
from painctl.runs.draws import draws

WHORL = np.array((0.012, 0.088, -0.150))  # where hair turns out from, on the crown
KNOT = np.array((0.0, 0.030, -0.215))  # where tied hair is tied
_LOCK = 9  # strands to a guide
_SURFACE = 9000  # points that stand for the head's surface


@dataclass(frozen=True)
class _Cut:
    comb: Callable[[np.ndarray, float], np.ndarray]  # places [N, 3] and the parting's x, to directions [N, 3]
    lift: float  # 0 lies on the scalp, 1 stands off it
    weight: float  # how soon gravity wins, 1 over the length
    thickness: float  # metres of hair over the scalp
    strands: int
    points: int
    width: float


def _from_whorl(places: np.ndarray, parting: float) -> np.ndarray:
    return places - WHORL


def _to_sides(places: np.ndarray, parting: float) -> np.ndarray:
    """Combed over from the parting, forwards at the front, and down the sides of the head."""
    side = np.where(places[:, 0] > parting, 1.0, -1.0)
    down = np.clip((np.abs(places[:, 0]) - 0.04) / 0.03, 0, 1)
    return np.stack([side * (1 - 0.8 * down), -0.15 - 0.85 * down, 0.25 * (1 - down)], 1)


def _back(places: np.ndarray, parting: float) -> np.ndarray:
    return np.stack([0.25 * np.sign(places[:, 0]), 0.1 + 0 * places[:, 0], -np.ones(len(places))], 1)


def _down(places: np.ndarray, parting: float) -> np.ndarray:
    """From a parting to the sides, back over the ears, and down."""
    side = np.where(places[:, 0] > parting, 1.0, -1.0)
    front, back = np.clip((places[:, 2] + 0.11) / 0.06, 0, 1), np.clip((-0.125 - places[:, 2]) / 0.04, 0, 1)
    return np.stack([side * (1 - 0.85 * back), -0.5 - back, 0.1 - 1.15 * front], 1)


def _to_knot(places: np.ndarray, parting: float) -> np.ndarray:
    return KNOT - places


_CUTS = {
    "receding": _Cut(_from_whorl, 0.25, 0.0, 0.004, 4600, 4, 5.5e-4),
    "buzz": _Cut(_from_whorl, 0.45, 0.0, 0.001, 9000, 2, 4.5e-4),
    "crop": _Cut(_from_whorl, 0.26, 0.1, 0.009, 6500, 5, 6.5e-4),
    "side part": _Cut(_to_sides, 0.16, 0.5, 0.014, 4800, 8, 8e-4),
    "swept back": _Cut(_back, 0.16, 0.15, 0.012, 4600, 9, 8e-4),
    "afro": _Cut(_from_whorl, 4.0, 0.0, 0.002, 4200, 9, 1.0e-3),
    "bob": _Cut(_down, 0.15, 1.0, 0.016, 3000, 14, 1.15e-3),
    "long": _Cut(_down, 0.12, 1.0, 0.016, 2800, 20, 1.25e-3),
    "tied": _Cut(_to_knot, 0.0, 0.0, 0.005, 3800, 16, 8e-4),
}


def grow(person: Identity, topology: Topology, vertices: np.ndarray) -> Strands | None:
    """The hair of a person with the neutral head vertices [V, 3]; None for who has none."""
    if person.haircut not in _CUTS:
        return None
    cut, generator = _CUTS[person.haircut], draws(person.seed, person.identity, "hairstyle")
    surface = _Surface.of(topology, vertices, generator)
    roots, normals = _roots(person, topology, vertices, cut, generator)
    guides = _guides(person, cut, surface, roots[::_LOCK], normals[::_LOCK], _parting(person), generator)
    points, height = _follow(person, cut, guides, roots, normals, surface, generator)
    free = ~_crosses_face(points)
    return _dress(person, cut, points[free], height[free], surface, generator)


def combed(person: Identity, places: np.ndarray) -> np.ndarray:
    """Which way a person's hair lies at places [N, 3] of the scalp: unit directions [N, 3]."""
    return unit(_CUTS[person.haircut].comb(places, _parting(person)))


def _parting(person: Identity) -> float:
    """Where the hair parts, metres to the left of the midline."""
    return float(draws(person.seed, person.identity, "hairstyle/parting").choice([-0.03, 0.0, 0.03]))


@dataclass(frozen=True, eq=False)
class _Surface:
    """The head as a cloud of points with normals."""

    tree: cKDTree
    points: np.ndarray  # [N, 3]
    normals: np.ndarray  # [N, 3]

    @classmethod
    def of(cls, topology: Topology, vertices: np.ndarray, generator: np.random.Generator) -> _Surface:
        inner = np.max([topology.region(name) for name in ("eyes", "sockets", "mouth_inside", "tongue")], axis=0) > 0
        faces = topology.faces[~inner[topology.faces].any(1)]
        points, normals = _scattered(vertices.astype(float), faces, np.ones(len(faces)), _SURFACE, generator)
        return cls(cKDTree(points), points, normals)

    def near(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Height above the surface in metres [N], and its normal [N, 3] there."""
        index = self.tree.query(places)[1]
        normal = self.normals[index]
        return ((places - self.points[index]) * normal).sum(1), normal


def _scattered(
    vertices: np.ndarray, faces: np.ndarray, odds: np.ndarray, count: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Points [N, 3] spread by area times odds [F] over triangles, and smooth unit normals [N, 3]."""
    area = face_areas(vertices, faces) * odds
    normals = vertex_normals(vertices, faces)
    chosen = generator.choice(len(faces), count, p=area / area.sum())
    u, v = np.sqrt(generator.random(count)), generator.random(count)
    shares = np.stack([1 - u, u * (1 - v), u * v], 1)
    points, smooth = (np.einsum("nk,nkd->nd", shares, values[faces[chosen]]) for values in (vertices, normals))
    return points, unit(smooth)


def _roots(
    person: Identity, topology: Topology, vertices: np.ndarray, cut: _Cut, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    scalp = topology.region("scalp")[topology.faces].min(1)
    if person.haircut == "receding":
        centre = vertices[topology.faces].mean(1)
        crown = centre[:, 1] + 0.45 * np.minimum(centre[:, 2], 0)
        scalp = scalp * np.clip((0.012 - crown) / 0.03, 0, 1)
    return _scattered(vertices.astype(float), topology.faces, scalp, cut.strands, generator)


def _guides(
    person: Identity,
    cut: _Cut,
    surface: _Surface,
    roots: np.ndarray,
    normals: np.ndarray,
    parting: float,
    generator: np.random.Generator,
) -> np.ndarray:
    """Guide hairs from roots [G, 3] with normals [G, 3], grown step by step: [G, P, 3]."""
    length = person.hair_length * np.clip(1 + 0.12 * generator.standard_normal(len(roots)), 0.6, 1.4)
    if person.haircut == "afro":  # a round shape, shorter about the ears
        length = person.hair_length * (0.35 + 0.65 * np.clip(roots[:, 1] / 0.09 + 0.35, 0, 1))
    if cut.comb is _to_knot:
        length = 1.6 * np.linalg.norm(KNOT - roots, axis=1)  # about the head, and no farther
    stride = (length / (cut.points - 1))[:, None]
    height = cut.thickness * generator.uniform(0.15, 1, len(roots))
    sway = (0.06 if cut.comb is _to_knot else 0.22) * generator.standard_normal((len(roots), 3))
    path = [roots]
    heading = unit(_along(cut.comb(roots, parting), normals)) + cut.lift * normals
    for number in range(1, cut.points):
        along = number / (cut.points - 1)
        here = path[-1]
        above, normal = surface.near(here)
        comb = _along(unit(cut.comb(here, parting)) + sway, normal)
        lift = cut.lift * (1 - 0.8 * along) if cut.lift < 1 else cut.lift
        falls = cut.weight * np.clip(along * person.hair_length / 0.06, 0, 1)
        goal = unit(comb) * (1 - 0.85 * falls) + lift * normal + falls * np.array((0, -1.3, 0))
        goal = goal - 2.5 * _before_face(here, cut)[:, None] * np.array((0, 0, 1.0))
        heading = unit(heading + 1.6 * unit(goal))
        step = here + stride * heading
        above, normal = surface.near(step)
        least = np.minimum(height, 0.35 * along * person.hair_length + 0.0008)
        off = np.maximum(least - above, 0) - (np.maximum(above - height, 0) if cut.lift == 0 else 0)
        step = step + off[:, None] * normal
        path.append(step)
        heading = unit(step - here)
    return np.stack(path, 1)


def _before_face(places: np.ndarray, cut: _Cut) -> np.ndarray:
    """How much hair that hangs is in the way of the face, 0..1 [N]: it is combed behind the ears."""
    if cut.weight < 1:
        return np.zeros(len(places))
    _, y, z = places.T
    return np.clip((z + 0.075) / 0.02, 0, 1) * np.clip((0.075 - y) / 0.02, 0, 1)


def _follow(
    person: Identity,
    cut: _Cut,
    guides: np.ndarray,
    roots: np.ndarray,
    normals: np.ndarray,
    surface: _Surface,
    generator: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Strands [S, P, 3] beside their nearest guides, curled, and how high they are above the head [S, P]."""
    count, number = len(roots), guides.shape[1]
    nearest = cKDTree(guides[:, 0]).query(roots)[1]
    along = np.linspace(0, 1, number)[None, :, None]
    offset = (roots - guides[nearest, 0])[:, None]
    together = 0.55 if person.hair_curl > 0.5 else 0.35
    points = guides[nearest] + offset * (1 - together * along)
    loose = generator.standard_normal((count, 1, 3)) * (0.0012 + 0.02 * person.hair_length)
    points = points + loose * along
    points = points + _curls(person, guides, nearest, normals, along, generator)
    height, normal = surface.near(points.reshape(-1, 3))
    floor = np.repeat(0.0008 + 0.2 * cut.thickness * generator.random((count, 1)), number, 1) * (along[..., 0] > 0)
    push = np.maximum(floor.ravel() - height, 0)
    points = points + (push[:, None] * normal).reshape(points.shape)
    return points, (height + push).reshape(count, number)


def _crosses_face(points: np.ndarray) -> np.ndarray:
    """Which strands [S, P, 3] fall before brows or eyes, bool [S]: a person brushes them away."""
    _, y, z = points.transpose(2, 0, 1)
    return ((y < 0.03) & (z > -0.02)).any(axis=1)


def _curls(
    person: Identity,
    guides: np.ndarray,
    nearest: np.ndarray,
    normals: np.ndarray,
    along: np.ndarray,
    generator: np.random.Generator,
) -> np.ndarray:
    """A helix about each strand, in step within a lock, as a displacement [S, P, 3]; `nearest` int [S] is its guide."""
    curl = person.hair_curl
    if curl < 0.15:
        return np.zeros((1, 1, 3))
    turns = person.hair_length / np.interp(curl, (0.15, 0.4, 0.7, 1.0), (0.14, 0.08, 0.045, 0.018))
    turns = min(turns, (guides.shape[1] - 1) / (5 if curl < 0.8 else 3.5))  # what the points of a strand can show
    radius = np.interp(curl, (0.15, 0.4, 0.7, 1.0), (0.001, 0.005, 0.008, 0.004)) * min(1, person.hair_length / 0.05)
    phase = generator.uniform(0, 2 * np.pi, len(guides))[nearest] + 0.5 * generator.standard_normal(len(nearest))
    angle = 2 * np.pi * turns * along[..., 0] + phase[:, None]
    tangent = unit(guides[nearest, -1] - guides[nearest, 0])
    first = unit(np.cross(tangent, normals) + 1e-9)
    second = np.cross(first, tangent)
    ring = np.cos(angle)[..., None] * first[:, None] + np.sin(angle)[..., None] * second[:, None]
    return radius * np.minimum(1, 3 * along) * ring


def _dress(
    person: Identity,
    cut: _Cut,
    points: np.ndarray,
    height: np.ndarray,
    surface: _Surface,
    generator: np.random.Generator,
) -> Strands:
    """Strands along points [S, P, 3] at heights [S, P] over the head: how wide, and in which colour."""
    count, number, _ = points.shape
    along = np.linspace(0, 1, number)[None]
    outward = surface.near(points.reshape(-1, 3))[1].reshape(points.shape)
    width = (
        cut.width
        * np.exp(0.25 * generator.standard_normal((count, 1)))
        * np.minimum(0.5 + 4 * along, 1)
        * (1 - 0.5 * along**2)
    )
    tone = np.exp(0.22 * generator.standard_normal((count, 1, 1)) + 0.25 * (along[..., None] - 0.5))
    highest = np.quantile(height, 0.9, axis=0, keepdims=True) + 1e-4
    parts = (points, outward, width, person.hair * tone, np.clip(1 - height / highest, 0, 1))
    return Strands(*(np.ascontiguousarray(part, np.float32) for part in parts))


def _along(vectors: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Vectors [N, 3] without what of them points along the unit normals [N, 3]."""
    return vectors - (vectors * normals).sum(1, keepdims=True) * normals
