"""What is inside the mouth: the upper teeth and gum stay with the skull, the lower ones follow the jaw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.appearance.cavity import cavity, tongue
from painctl.appearance.dentition import LOWER, UPPER
from painctl.appearance.gums import gum
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.teeth import Surface, crowns
from painctl.face.jaw import Jaw
from painctl.mesh.normals import vertex_normals
from painctl.mesh.opening import Opening
from painctl.records import Identity, Mesh, Topology
from painctl.runs.draws import draws

INNER_LIPS = slice(60, 68)  # landmarks around the opening of the mouth

_BEHIND = 0.0048  # metres from the inner edge of the upper lip back to the incisors
# Millimetres of the upper incisors below the edge of the resting upper lip: more in women than in men, less with age
# (Vig and Brundo, "The kinetics of anterior tooth display", J Prosthet Dent 1978). They measured 3.4 and 1.9 mm; lips
# of our heads rise less in a smile than real ones, so that the teeth are a millimetre lower.
_SHOWN = {"woman": 4.4, "man": 3.3}
_SHOWN_LESS = 2.3  # at the highest age
_OVERLAP = 0.0015  # metres of the upper incisors in front of the lower with the jaw at rest
_OVERJET = 0.0028  # metres of the lower incisors behind the front of the upper
_MOUTH = 0.050  # metres between the corners of the mouth of an average head
_ENAMEL = np.array((0.66, 0.60, 0.50))  # linear RGB
_AGED = np.array((0.50, 0.40, 0.27))
_WORN = 0.0015  # metres of the edges, at the highest age
_LOST = np.array((0.004, 0.006, 0.01, 0.08, 0.10, 0.14, 0.16))  # share of each tooth that the oldest have lost
_ENAMEL_ROUGH, _FLESH_ROUGH, _TONGUE_ROUGH = 0.24, 0.32, 0.42  # under saliva
_CAVITY = 0.030  # metres from front to back of the inside of the mouth of a head that has one
_LINED, _REFLECTED = 0.0085, 0.5  # square metres of the inside of a mouth; what it reflects in all, of the light let in
_THICK = 0.002  # metres between the lips at which half of the light passes
_OUT = (-0.006, 0.001)  # metres in front of the inner lips from which a point is between them, and before them
_OUTSIDE = 0.003  # metres in front of the inner lips where the opening is for light


@dataclass(frozen=True, eq=False)
class OpenMouth:
    """A mouth in one face."""

    face: np.ndarray  # float32 [V, 3], metres
    mesh: Mesh
    normals: np.ndarray  # float32 [3, N], unit
    open_sky: np.ndarray  # float32 [N], share of the sky's light that enters between the lips


@dataclass(frozen=True, eq=False)
class Mouth:
    """The teeth and gums of a person, and what else their head lacks. N vertices; the first triangles are crowns."""

    topology: Topology
    neutral: np.ndarray  # float [V, 3], the head at rest, metres
    jaw: Jaw
    rest: np.ndarray  # float [N, 3], metres, on the neutral face
    faces: np.ndarray  # int32 [M, 3]
    crowns: int  # triangles
    follows: np.ndarray  # float32 [N], how far a vertex follows the jaw, 0..1
    colour: np.ndarray  # float32 [N, 3], linear RGB albedo
    roughness: np.ndarray  # float32 [N], square root of GGX's alpha
    open: np.ndarray  # float32 [N], share of the light that what is beside each vertex leaves

    def pose(self, face: np.ndarray) -> OpenMouth:
        """The mouth of a face [V, 3], metres."""
        rotation, shift = self.jaw.motion(face)
        moved = self.rest @ rotation.T + shift
        points = (self.rest + self.follows[:, None] * (moved - self.rest)).astype(np.float32)
        normals = vertex_normals(points, self.faces).astype(np.float32)
        sky = self.open * light_between_lips(self.topology, face, points, normals)
        return OpenMouth(face, Mesh(points, self.faces, self.colour), np.ascontiguousarray(normals.T), sky)


def has_cavity(topology: Topology, neutral: np.ndarray) -> bool:
    """Whether the mesh of a head [V, 3] has a cavity behind its lips. FLAME's ends there, and is closed by painctl."""
    inside = neutral[topology.region("mouth_inside") > 0, 2]
    return bool(len(inside)) and bool(np.ptp(inside) > _CAVITY)


def light_between_lips(topology: Topology, face: np.ndarray, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """The share of the sky's light that enters between the lips of a face [V, 3] and reaches points in the mouth.

    The points [N, 3] have unit normals [N, 3]. Returns float32 [N]. What the mouth itself reflects is spread evenly
    over it, as in an integrating sphere. The lips are thick, so that little light passes a narrow gap between them.
    """
    lips = topology.landmarks(face)[INNER_LIPS]
    opening = Opening.of(lips + np.array((0, 0, _OUTSIDE), face.dtype))
    height = opening.area / np.linalg.norm(lips[4] - lips[0])
    passed = np.float32(height / (height + _THICK))
    reflected = np.float32(_REFLECTED * opening.area / _LINED)

    # what reaches out between the lips, as teeth do in a smile, sees half of the sky or more
    across, forward = (lips[[0, 1, 2, 3, 4]] + lips[[0, 7, 6, 5, 4]])[:, (0, 2)].T / 2
    ahead = points[:, 2] - np.interp(points[:, 0], across, forward)
    out = smoothstep(ahead, *_OUT).astype(np.float32)
    share = (1 - out) * opening.form_factor(points, normals) + out * (0.5 + 0.5 * normals[:, 2])
    return np.minimum(passed * (share + reflected), 1)


def fill_mouth(person: Identity, topology: Topology, neutral: np.ndarray) -> Mouth | None:
    """The teeth and gums of a person whose neutral head is `neutral` [V, 3]; None for a head without a mouth inside.

    A head whose mesh has no cavity or no tongue gets them too.
    """
    if not (topology.region("mouth_inside") > 0).any():
        return None
    landmarks = topology.landmarks(neutral).astype(float)
    ageing = float(np.clip((person.age - 30) / 50, 0, 1))
    size = np.clip((landmarks[64, 0] - landmarks[60, 0]) / _MOUTH, 0.75, 1.2) ** 0.5
    shown = 1e-3 * (_SHOWN[person.gender] - _SHOWN_LESS * ageing)
    upper = landmarks[62] - (0, shown, _BEHIND)
    lower = upper + np.array((0, _OVERLAP, -_OVERJET))
    generator = draws(person.seed, person.identity, "mouth")
    enamel = (_ENAMEL + ageing * (_AGED - _ENAMEL)) * generator.uniform(0.86, 1.1)
    crowned, fleshy = [], []
    for row, place, follows in ((UPPER, upper, 0.0), (LOWER, lower, 1.0)):
        missing = generator.random((2, 7)) < _LOST * max(ageing - 0.5, 0) * 2
        crowned.append(_Part(crowns(row, enamel, generator, missing, _WORN * ageing), place, follows, _ENAMEL_ROUGH))
        fleshy.append(_Part(gum(row, person.melanin, ageing), place, follows, _FLESH_ROUGH))
    if not (topology.region("tongue") > 0).any():
        fleshy.append(_Part(tongue(), lower, 1.0, _TONGUE_ROUGH))
    if not has_cavity(topology, neutral):
        bowl, follows_jaw = cavity()
        fleshy.append(_Part(bowl, upper, follows_jaw, _FLESH_ROUGH))
    return _joined(topology, neutral, size, crowned, fleshy)


@dataclass(frozen=True, eq=False)
class _Part:
    surface: Surface
    place: np.ndarray  # float [3], metres, of its origin
    follows: float | np.ndarray  # how far it follows the jaw, or each of its vertices does
    roughness: float


def _joined(topology: Topology, neutral: np.ndarray, size: float, crowned: list[_Part], fleshy: list[_Part]) -> Mouth:
    parts = [*crowned, *fleshy]
    counts = [len(part.surface.points) for part in parts]
    starts = np.cumsum([0, *counts])[:-1]

    def of_each(name: str) -> np.ndarray:
        return np.concatenate(
            [np.broadcast_to(getattr(part, name), count) for part, count in zip(parts, counts, strict=True)]
        ).astype(np.float32)

    faces = [part.surface.faces + start for part, start in zip(parts, starts, strict=True)]
    return Mouth(
        topology,
        neutral,
        Jaw.of(topology, neutral),
        rest=np.concatenate([size * part.surface.points + part.place for part in parts]),
        faces=np.concatenate(faces).astype(np.int32),
        crowns=sum(len(part.surface.faces) for part in crowned),
        follows=of_each("follows"),
        colour=np.concatenate([part.surface.colour for part in parts]).astype(np.float32),
        roughness=of_each("roughness"),
        open=np.concatenate([part.surface.open for part in parts]).astype(np.float32),
    )
