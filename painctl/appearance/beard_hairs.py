"""The hairs of moustaches and beards, which stand off the skin and move with the face. Lengths are metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.appearance.beards import HIGHEST, BeardStyle, beard_cover, beard_length, beard_style, in_zone
from painctl.appearance.smoothstep import smoothstep
from painctl.mesh.normals import face_areas, unit
from painctl.records import Identity, Strands, Topology
from painctl.runs.draws import draws

_WIDTH = 5e-4
_LONG = 0.012  # metres from which hair hangs rather than lies on the skin
_WHITE = np.array((0.26, 0.25, 0.24), np.float32)
_INNER = ((2, 2, 2), (4, 1, 1), (1, 4, 1), (1, 1, 4))  # points in a triangle, in sixths
_REGIONS = ("face", "neck", "lips", "ears")


@dataclass(frozen=True, eq=False)
class BeardHairs:
    """L hairs of P points."""

    faces: np.ndarray  # int [L, 3], the corners of the triangle in which each hair is rooted
    barycentric: np.ndarray  # float [L, 3], of its root
    shape: np.ndarray  # float [L, P, 3], metres along the skin's normal, down along the skin, and sideways
    fall: np.ndarray  # float [P], metres straight down
    colour: np.ndarray  # float32 [L, 3], linear RGB

    def pose(self, vertices: np.ndarray) -> Strands:
        """The hairs on a face [V, 3]."""
        a, b, c = vertices[self.faces].transpose(1, 0, 2).astype(float)
        root = self.barycentric[:, :1] * a + self.barycentric[:, 1:2] * b + self.barycentric[:, 2:] * c
        normal = unit(np.cross(b - a, c - a))
        down = unit(np.array((0, -1.0, 0)) + normal[:, 1:2] * normal)
        aside = np.cross(normal, down)
        offset = sum(self.shape[..., k : k + 1] * axis[:, None] for k, axis in enumerate((normal, down, aside)))
        points = root[:, None] + offset - self.fall[:, None] * np.array((0, 1.0, 0))
        count, number, _ = points.shape
        along = np.linspace(0, 1, number)
        parts = (
            points,
            np.broadcast_to(normal[:, None], points.shape),
            np.broadcast_to(_WIDTH * (1 - 0.6 * along**2), (count, number)),
            np.broadcast_to(self.colour[:, None], points.shape),
            np.broadcast_to(0.6 * (1 - along), (count, number)),
        )
        return Strands(*(np.array(part, np.float32) for part in parts))


def beard_hairs(person: Identity, topology: Topology, vertices: np.ndarray) -> BeardHairs | None:
    """The beard of a person whose neutral head is `vertices` [V, 3]; None without one."""
    style = beard_style(person)
    if not style.bearded:
        return None
    generator = draws(person.seed, person.identity, "beard/hairs")
    faces, barycentric, cover, x = _roots(topology, vertices, style, generator)
    length = beard_length(person) * generator.uniform(0.6, 1.1, len(faces)) * (0.45 + 0.55 * cover)
    number = 5 if length.max() < _LONG else 9
    along = np.linspace(0, 1, number)
    hangs = float(smoothstep(length.mean(), 0.5 * _LONG, 2 * _LONG))
    lean = np.clip(x / 0.05, -1, 1) * 0.35 + 0.25 * generator.standard_normal(len(faces))
    wave = (0.0004 + 0.0016 * person.hair_curl) * min(1.0, length.mean() / _LONG)
    turns = generator.uniform(3, 7, (len(faces), 1)) * along + generator.uniform(0, 6.3, (len(faces), 1))
    off = (0.30 + 0.25 * generator.random((len(faces), 1))) * (along - 0.55 * along**2)
    shape = np.stack(
        [
            length[:, None] * off + wave * along * np.cos(turns),
            length[:, None] * (0.85 - 0.45 * hangs) * along,
            length[:, None] * lean[:, None] * along + wave * along * np.sin(turns),
        ],
        2,
    )
    white = generator.random((len(faces), 1)) < 0.5 * smoothstep(np.float64(person.age), 45, 75)
    tone = np.exp(0.25 * generator.standard_normal((len(faces), 1)))
    colour = np.where(white, _WHITE, 0.85 * person.hair * tone).astype(np.float32)
    return BeardHairs(faces, barycentric, shape, 0.5 * hangs * length.mean() * along**1.5, colour)


def _roots(
    topology: Topology, vertices: np.ndarray, style: BeardStyle, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Triangles [L, 3] and barycentric coordinates [L, 3] of roots, the beard's density there and their x, [L]."""
    landmarks = topology.landmarks(vertices)
    skin = (topology.region("face") + topology.region("neck"))[topology.faces].min(1) > 0
    skin &= vertices[topology.faces, 1].min(1) < landmarks[30, 1] + HIGHEST
    triangles = topology.faces[skin]

    def growth(barycentric: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points in triangles of `corners` [N, 3] and the density there."""
        points = (barycentric[..., None] * vertices[corners]).sum(1)
        members = {name: (barycentric * topology.region(name)[corners]).sum(1) for name in _REGIONS}
        cover = beard_cover(points, landmarks, members, 0.002 * generator.standard_normal(len(points)))
        return points, smoothstep(cover, 0.25, 0.9) * in_zone(points, landmarks, style.zone)

    # most candidates where it grows, so that few are rejected
    centres = [growth(np.tile(np.array(share) / 6, (len(triangles), 1)), triangles)[1] for share in _INNER]
    middle = np.max(centres, axis=0)
    odds = face_areas(vertices, triangles) * (0.05 + middle)
    chosen = generator.choice(len(triangles), (6 if style.zone == "all" else 24) * style.hairs, p=odds / odds.sum())
    u, v = np.sqrt(generator.random(len(chosen))), generator.random(len(chosen))
    barycentric = np.stack([1 - u, u * (1 - v), u * v], 1)
    candidates = triangles[chosen]
    points, cover = growth(barycentric, candidates)
    kept = np.flatnonzero(generator.random(len(points)) < cover / (0.05 + middle[chosen]))[: style.hairs]
    return candidates[kept], barycentric[kept], cover[kept], points[kept, 0]
