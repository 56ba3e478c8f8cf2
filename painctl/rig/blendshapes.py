"""The open rig: action units as ARKit blendshapes of the head."""

from __future__ import annotations

import numpy as np

from painctl.records import Topology
from painctl.rig.lids import Eye

# The ARKit actions of each action unit but AU43, and their activations at intensity E (5). The actions of the open head
# differ in strength; with these each unit moves the skin 6 to 11 mm where it moves it most. The cheek raiser narrows
# the eye as well, since its muscle rings it (Ekman, Friesen and Hager, "Facial Action Coding System", 2002).
MIXES: dict[str, dict[str, float]] = {
    "AU4": {"browDown": 1.9},
    "AU6": {"cheekSquint": 0.95, "eyeSquint": 1.0},
    "AU7": {"eyeSquint": 1.9},
    "AU9": {"noseSneer": 1.4},
    "AU10": {"mouthUpperUp": 1.4},
}
_NARROWING = (1, 2)  # rows of AU6 and AU7
_EVEN = 4  # rounds of averaging that spread a lowered brow over the skin of the lid: it would fold over itself
_LEVATOR = 0.7  # of what the sneer does to brows and forehead that is left out
_AU43 = 5
_SIDES = (("left", 1), ("right", -1))


class BlendshapeRig:
    """Deforms heads of one topology. The eyeballs stay where they are; only what the six units move is moved."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._shapes = {
            side: np.stack([sum(s * self._action(name, side) for name, s in mix.items()) for mix in MIXES.values()])
            for side, _ in _SIDES
        }
        self._blinks = {side: self._action("eyeBlink", side) for side, _ in _SIDES}

    def deform(self, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """Faces [N, V, 3] in metres, float32.

        `neutral` [V, 3] metres; `units` int [N, 6] as in `pain.action_units`; `asymmetry` float [N, 6], see
        `pain.sampling.draw_asymmetry`. A unit of intensity i acts with i / 5 of its full strength, which is the
        reading of the FACS scale that PSPI, a sum of intensities, already makes. No units give the neutral exactly.
        """
        faces = np.empty((len(units), *neutral.shape), np.float32)
        start = neutral.astype(np.float64)
        sides = [self._fitted(side, sign, start) for side, sign in _SIDES]
        for face, unit, lopsided in zip(faces, units, asymmetry, strict=True):
            face[:] = _one(start, sides, unit, lopsided) if unit.any() else neutral
        return faces

    def _fitted(self, side: str, sign: int, neutral: np.ndarray) -> tuple[int, np.ndarray, Eye]:
        """Sign of the asymmetry, displacements [A, V, 3] of the units, and eye, for one side of a head."""
        eye = Eye.find(self._topology, side, neutral, self._blinks[side])
        shapes = self._shapes[side].copy()
        for unit in _NARROWING:
            shapes[unit] *= eye.reach(shapes[unit])
        return sign, shapes, eye

    def _action(self, name: str, side: str) -> np.ndarray:
        """Displacement [V, 3] of an action, without what it does unseen.

        Sockets that moved along would come out through the lids; the brows and eyes have no say inside the mouth. The
        sneer of the open head moves the brows farther than the nose, though its muscle, the levator, ends beside it:
        most of that is left to AU4.
        """
        still = self._topology.region("sockets").astype(np.float64)
        if name == "noseSneer":
            still = np.maximum(still, _LEVATOR * self._forehead())
        if name not in ("noseSneer", "mouthUpperUp"):
            still = np.maximum(still, self._topology.region("mouth_inside"))
        shape = self._topology.actions[self._topology.action_names.index(name + side.capitalize())]
        shape = shape * (1 - still[:, None])
        return self._spread(shape, _EVEN) if name == "browDown" else shape

    def _forehead(self) -> np.ndarray:
        """1 on brows and forehead, falling to 0 over a few vertices: float64 [V]."""
        brows = np.max([self._topology.region(name) for name in ("brows", "forehead", "scalp")], axis=0) > 0.3
        return self._averaged(self._topology.grown(brows, 1).astype(np.float64)[:, None], 3)[:, 0]

    def _spread(self, shape: np.ndarray, rounds: int) -> np.ndarray:
        """A displacement [V, 3] averaged over the skin; eyeballs and lids as far as their margins keep theirs."""
        kept = self._topology.grown(self._topology.behind_lids(), 1)
        kept |= self._topology.region("eyes") > 0
        for _ in range(rounds):
            shape = np.where(kept[:, None], shape, self._averaged(shape, 1))
        return shape

    def _averaged(self, values: np.ndarray, rounds: int) -> np.ndarray:
        """Values [V, C], each in `rounds` rounds the mean over the triangles about its vertex."""
        faces, total = self._topology.faces, len(values)
        about = np.maximum(np.bincount(faces.ravel(), minlength=total), 1)
        for _ in range(rounds):
            around = np.repeat(values[faces].mean(axis=1), 3, axis=0)
            values = np.stack([np.bincount(faces.ravel(), c, total) / about for c in around.T], axis=1)
        return values


def _one(
    neutral: np.ndarray, sides: list[tuple[int, np.ndarray, Eye]], unit: np.ndarray, lopsided: np.ndarray
) -> np.ndarray:
    moves = np.zeros((_AU43, *neutral.shape))
    for sign, shapes, _ in sides:
        moves += (unit[:_AU43] / 5 * (1 + sign * lopsided[:_AU43]))[:, None, None] * shapes
    vertices = neutral + _together(moves)
    for _, _, eye in sides:
        vertices = eye.settle(vertices, bool(unit[_AU43]))
    return vertices


def _together(moves: np.ndarray) -> np.ndarray:
    """Displacements [A, V, 3] of action units that act at once, [V, 3].

    sum d * sqrt(sum |d|^2) / sum |d|: units that pull the same skin, as AU6 and AU7 or AU4 and AU9 do, do not add up
    (the brows would end on the eyes); a unit alone moves as it is.
    """
    length = np.linalg.norm(moves, axis=2)
    total = length.sum(0)
    share = np.divide(np.linalg.norm(length, axis=0), total, out=np.ones_like(total), where=total > 0)
    return moves.sum(0) * share[:, None]
