"""The neural rig for heads of one topology, with the interface of the open rig."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from painctl.records import Topology
from painctl.rig.lids import Eye
from painctl.rig.neural.alignment import eyeballs
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.weights import Weights

_AU43 = 5
_SIDES = ("left", "right")
_CLEAR = 0.07  # of an eyeball's radius between it and skin that moved: its triangles are flat
_FEWEST = 6  # vertices of a lid's margin that an eye can be settled by


class NeuralRig:
    """Deforms heads of one topology, whichever it is; eyeballs stay where they are."""

    def __init__(self, topology: Topology, weights: Weights, say: Callable[[str], None] = lambda _: None) -> None:
        """`say` hears how a head was aligned that is not in the training frame."""
        self._topology, self._weights, self._say = topology, weights, say
        self._words = weights.network.vocabulary

    def deform(self, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """Faces [N, V, 3], float32, as `BlendshapeRig.deform`; `neutral` [V, 3] in any pose and unit.

        Where the topology knows the margins of the lids they are settled as the open rig's are: exactly shut, or
        open. Raises ValueError if the neutral is no head.
        """
        puppet = PreparedHead.of(neutral, self._topology.faces, self._weights)
        if not puppet.alignment.as_is:
            self._say(f"a head was found {puppet.alignment}")
        return self.pulled(puppet, neutral, units, asymmetry)

    def pulled(self, puppet: PreparedHead, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """The same of a neutral that is a puppet already."""
        start = neutral.astype(np.float64)
        if puppet.alignment.as_is and self._has_lids():
            faces = self._settled(puppet, start, units, asymmetry)
        else:
            faces = _cleared(puppet, start, start + puppet.pull(self._words.activations(units, asymmetry)))
        faces = faces.astype(np.float32)
        faces[~units.any(1)] = neutral
        return faces

    def _has_lids(self) -> bool:
        known = self._topology.region_names
        if not all(name in known for name in ("sockets", "eyes", "left_eye", "right_eye")):
            return False
        return bool(self._topology.lid_margins().sum() >= 4 * _FEWEST)

    def _settled(self, puppet: PreparedHead, start: np.ndarray, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """Faces whose eyes the network leaves open, and the lids close by as much of its blink as each eye needs."""
        faces = start + puppet.pull(self._words.activations(units * (np.arange(6) != _AU43), asymmetry))
        controls = self._words.controls
        blinks = puppet.pull(np.eye(len(controls))[[controls.index(name) for name in self._words.blinks]])
        eyes = [Eye.find(self._topology, side, start, blink) for side, blink in zip(_SIDES, blinks, strict=True)]
        for face, unit in zip(faces, units, strict=True):
            for eye in eyes:
                face[:] = eye.settle(face, bool(unit[_AU43]))
        return faces


def _cleared(puppet: PreparedHead, start: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Faces [E, V, 3] whose skin is no deeper in an eyeball than it was on the neutral [V, 3]."""
    part = np.zeros(len(start), int)
    part[puppet.surface.rows] = puppet.surface.parts
    for centre, radius in eyeballs(puppet.surface):
        before = np.linalg.norm(start - centre, axis=1)
        out = faces - centre
        now = np.linalg.norm(out, axis=2)
        least = np.minimum(before, (1 + _CLEAR) * radius)
        near = (part == 0) & (before < 2 * radius) & (now < least)
        faces = np.where(near[..., None], centre + out * (least / np.maximum(now, 1e-12))[..., None], faces)
    return faces
