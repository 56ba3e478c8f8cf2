"""The open rig: action units as ARKit blendshapes of the head."""

from __future__ import annotations

import numpy as np

from painctl.mesh.normals import sum_at_vertices
from painctl.records import Topology
from painctl.rig.facial_actions import FacialActions
from painctl.rig.lids import Eye
from painctl.rig.skin_shapes import skin_shapes

# The ARKit actions of each action unit except AU43, and their activations at intensity E (5). The actions of the open
# head differ in strength; with these activations each unit moves the skin by at most 6 to 11 mm. The cheek raiser also
# narrows the eye, because its muscle rings it (Ekman, Friesen and Hager, "Facial Action Coding System", 2002).
MIXES: dict[str, dict[str, float]] = {
    "AU4": {"browDown": 1.9},
    "AU6": {"cheekSquint": 0.95, "eyeSquint": 1.0},
    "AU7": {"eyeSquint": 1.9},
    "AU9": {"noseSneer": 1.4},
    "AU10": {"mouthUpperUp": 1.4},
}
_NARROWING = (1, 2)  # rows of AU6 and AU7
_BROW_SMOOTHING = 4  # rounds that spread a lowered brow over the skin of the lid, which would fold over itself
_LEVATOR = 0.7  # share of the sneer's effect on brows and forehead that is left out
_AU43 = 5
_SIDES = (("left", 1), ("right", -1))


class BlendshapeRig:
    """Deforms heads of one topology; see `painctl.rig.interface.Rig`. The units do not move the eyeballs."""

    def __init__(self, topology: Topology) -> None:
        self._topology, self._others = topology, FacialActions(topology)
        self._shapes = {
            side: np.stack([sum(s * self._action(name, side) for name, s in mix.items()) for mix in MIXES.values()])
            for side, _ in _SIDES
        }
        self._blinks = {side: self._action("eyeBlink", side) for side, _ in _SIDES}

    def deform(
        self, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray, activations: np.ndarray | None = None
    ) -> np.ndarray:
        """Vertices of expressions, float32 [E, V, 3], of a neutral [V, 3] in metres; see `Rig.deform`."""
        faces = np.empty((len(units), *neutral.shape), np.float32)
        start = neutral.astype(np.float64)
        sides = [self._adapted(side, sign, start) for side, sign in _SIDES]
        others = np.zeros((len(units), 0)) if activations is None else activations
        for face, intensities, lopsided, other in zip(faces, units, asymmetry, others, strict=True):
            closed = bool(intensities[_AU43])
            beside = self._others.displacement(start, other, closed) if other.any() else 0.0
            is_neutral = not (intensities.any() or other.any())
            face[:] = neutral if is_neutral else _expression(start, sides, intensities, lopsided, beside)
        return faces

    def _adapted(self, side: str, sign: int, neutral: np.ndarray) -> tuple[int, np.ndarray, Eye]:
        """Sign of the asymmetry, displacements [A, V, 3] of the units, and eye, for one side of a head."""
        eye = Eye.find(self._topology, side, neutral, self._blinks[side])
        shapes = self._shapes[side].copy()
        for unit in _NARROWING:
            shapes[unit] *= eye.reach(shapes[unit])
        shapes += skin_shapes(self._topology, neutral, sign)
        return sign, shapes, eye

    def _action(self, name: str, side: str) -> np.ndarray:
        """Displacement [V, 3] of an action, limited to where it should act.

        Sockets that moved would poke through the lids; brows and eyes do not move the inside of the mouth. The open
        head's sneer moves the brows farther than the nose, although its muscle, the levator, ends beside the nose:
        most of that movement is left to AU4.
        """
        still = self._topology.region("sockets").astype(np.float64)
        if name == "noseSneer":
            still = np.maximum(still, _LEVATOR * self._forehead())
        if name not in ("noseSneer", "mouthUpperUp"):
            still = np.maximum(still, self._topology.region("mouth_inside"))
        shape = self._topology.actions[self._topology.action_names.index(name + side.capitalize())]
        shape = shape * (1 - still[:, None])
        return self._spread(shape, _BROW_SMOOTHING) if name == "browDown" else shape

    def _forehead(self) -> np.ndarray:
        """1 on brows and forehead, falling to 0 over a few vertices: float64 [V]."""
        brows = np.max([self._topology.region(name) for name in ("brows", "forehead", "scalp")], axis=0) > 0.3
        return self._averaged(self._topology.grown(brows, 1).astype(np.float64)[:, None], 3)[:, 0]

    def _spread(self, shape: np.ndarray, rounds: int) -> np.ndarray:
        """A displacement [V, 3] averaged over the skin, but not on eyeballs and lids up to their margins."""
        fixed = self._topology.grown(self._topology.behind_lids(), 1)
        fixed |= self._topology.region("eyes") > 0
        for _ in range(rounds):
            shape = np.where(fixed[:, None], shape, self._averaged(shape, 1))
        return shape

    def _averaged(self, values: np.ndarray, rounds: int) -> np.ndarray:
        """Values [V, C] after `rounds` rounds of averaging over the triangles around each vertex."""
        faces, count = self._topology.faces, len(values)
        triangles = np.maximum(np.bincount(faces.ravel(), minlength=count), 1)
        for _ in range(rounds):
            values = sum_at_vertices(values[faces].mean(axis=1), faces, count) / triangles[:, None]
        return values


def _expression(
    neutral: np.ndarray,
    sides: list[tuple[int, np.ndarray, Eye]],
    intensities: np.ndarray,
    lopsided: np.ndarray,
    beside: np.ndarray | float,
) -> np.ndarray:
    """Vertices [V, 3] of one expression: intensities [6], asymmetry [6], displacement by other actions [V, 3]."""
    displacements = np.zeros((_AU43, *neutral.shape))
    for sign, shapes, _ in sides:
        displacements += (intensities[:_AU43] / 5 * (1 + sign * lopsided[:_AU43]))[:, None, None] * shapes
    vertices = neutral + combine(displacements) + beside
    for _, _, eye in sides:
        vertices = eye.settle(vertices, bool(intensities[_AU43]))
    return vertices


def combine(displacements: np.ndarray) -> np.ndarray:
    """The displacement [V, 3] of action units that act at once, from that of each, [A, V, 3].

    sum d * sqrt(sum |d|^2) / sum |d|: units that move the same skin, such as AU6 and AU7 or AU4 and AU9, do not simply
    add up (the brows would end up on the eyes). A unit alone is unchanged.
    """
    length = np.linalg.norm(displacements, axis=2)
    total = length.sum(0)
    share = np.divide(np.linalg.norm(length, axis=0), total, out=np.ones_like(total), where=total > 0)
    return displacements.sum(0) * share[:, None]
