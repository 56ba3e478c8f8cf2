"""The neural rig for heads of one topology, with the interface of the open rig."""

from __future__ import annotations

import numpy as np

from painctl.rig.lids import Eye
from painctl.rig.neural.alignment import Alignment, sphere
from painctl.rig.neural.activation import activations
from painctl.rig.neural.puppet import Puppet
from painctl.rig.neural.weights import Weights
from painctl.shard.records import Topology

_AU43 = 5
_SIDES = ("left", "right")
_FEWEST = 6  # vertices of a lid's margin that an eye can be settled by
_CLEAR = 5e-4  # metres of a closed lid over the eyeball, where no margins are known


class NeuralRig:
    """Deforms heads of one topology, whichever it is; eyeballs stay where they are."""

    def __init__(self, topology: Topology, weights: Weights) -> None:
        self._topology, self._weights = topology, weights
        self.alignment: Alignment | None = None  # of the head deformed last

    def deform(self, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """Faces [N, V, 3], float32, as `BlendshapeRig.deform`; `neutral` [V, 3] in any pose and unit.

        Where the topology knows the margins of the lids they are settled as the open rig's are: exactly shut, or
        open. Raises ValueError if the neutral is no head.
        """
        puppet = Puppet.of(neutral, self._topology.faces, self._weights)
        self.alignment = puppet.alignment
        start = neutral.astype(np.float64)
        faces = start + puppet.pull(activations(units, asymmetry))
        if puppet.alignment.as_is and self._has_lids():
            faces = self._settled(puppet, start, faces, units)
        faces = faces.astype(np.float32)
        faces[~units.any(1)] = neutral
        return faces

    def _has_lids(self) -> bool:
        known = self._topology.region_names
        if not all(name in known for name in ("sockets", "eyes", "left_eye", "right_eye")):
            return False
        return bool(self._topology.lid_margins().sum() >= 4 * _FEWEST)

    def _settled(self, puppet: Puppet, start: np.ndarray, faces: np.ndarray, units: np.ndarray) -> np.ndarray:
        blink = puppet.pull(activations(np.eye(6)[[_AU43]], np.zeros((1, 6))))[0]
        eyes = [Eye.find(self._topology, side, start, blink) for side in _SIDES]
        for face, unit in zip(faces, units, strict=True):
            for eye in eyes:
                face[:] = eye.settle(face, bool(unit[_AU43]))
        return faces
