"""The open rig: action units as ARKit blendshapes of the head."""

from __future__ import annotations

import numpy as np

from painctl.rig.lids import Eye
from painctl.shard.records import Topology

# The ARKit action of each action unit but AU43, and its activation at intensity E (5). The actions of the open head
# differ in strength; these bring the units' peak displacements to what FACS photographs show, between 4 and 9 mm.
_ACTIONS = {
    "browDown": 1.15,  # AU4, brow lowerer
    "cheekSquint": 0.8,  # AU6, cheek raiser
    "eyeSquint": 1.5,  # AU7, lid tightener
    "noseSneer": 1.4,  # AU9, nose wrinkler
    "mouthUpperUp": 1.0,  # AU10, upper lip raiser
}
_AU43 = 5
_SIDES = (("Left", 1), ("Right", -1))


class BlendshapeRig:
    """Deforms heads of one topology. The eyeballs stay where they are; only what the six units move is moved."""

    def __init__(self, topology: Topology) -> None:
        named = dict(zip(topology.action_names, topology.actions.astype(np.float64), strict=True))
        self._shapes = [
            np.stack([strength * named[action + side] for action, strength in _ACTIONS.items()]) for side, _ in _SIDES
        ]
        self._topology = topology

    def deform(self, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """Faces [N, V, 3] in metres, float32.

        `neutral` [V, 3] metres; `units` int [N, 6] as in `pain.action_units`; `asymmetry` float [N, 6], see
        `pain.sampling.draw_asymmetry`. A unit of intensity i acts with i / 5 of its full strength, which is the
        reading of the FACS scale that PSPI, a sum of intensities, already makes. No units give the neutral exactly.
        """
        faces = np.empty((len(units), *neutral.shape), np.float32)
        start = neutral.astype(np.float64)
        eyes = [Eye.find(self._topology, side, start) for side, _ in _SIDES]
        for face, unit, lopsided in zip(faces, units, asymmetry, strict=True):
            face[:] = self._one(start, eyes, unit, lopsided) if unit.any() else neutral
        return faces

    def _one(self, neutral: np.ndarray, eyes: list[Eye], unit: np.ndarray, lopsided: np.ndarray) -> np.ndarray:
        vertices = neutral.copy()
        for shapes, (_, sign) in zip(self._shapes, _SIDES, strict=True):
            activation = unit[:_AU43] / 5 * (1 + sign * lopsided[:_AU43])
            vertices += np.tensordot(activation, shapes, 1)
        for eye in eyes:
            vertices = eye.settle(neutral, vertices, bool(unit[_AU43]))
        return vertices
