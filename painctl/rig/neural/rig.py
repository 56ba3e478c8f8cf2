"""The neural rig for heads of one topology."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from painctl.records import Topology
from painctl.rig.facial_actions import FacialActions
from painctl.rig.lids import Eye
from painctl.rig.neural.alignment import eyeballs
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.weights import Weights

_AU43 = 5
_SIDES = ("left", "right")
_CLEARANCE = 0.07  # of an eyeball's radius, between it and skin that moved: triangles are flat
_MIN_MARGIN = 6  # vertices of a lid's margin that are needed to settle it


class NeuralRig:
    """Deforms heads of any one topology; see `painctl.rig.interface.Rig`. The units do not move the eyeballs.

    The network draws the six units. Other actions are the topology's own, whatever the network was trained on: they
    also move what the network does not, eyeballs and tongue.
    """

    def __init__(self, topology: Topology, weights: Weights, say: Callable[[str], None] = lambda _: None) -> None:
        """`say` is called with the alignment of each head that is not in the training frame."""
        self._topology, self._weights, self._say = topology, weights, say
        self._control_set = weights.network.control_set

    def deform(
        self, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray, activations: np.ndarray | None = None
    ) -> np.ndarray:
        """Vertices of expressions, float32 [E, V, 3], of a neutral [V, 3] in any pose and unit; see `Rig.deform`.

        If the topology has the margins of the lids, these are settled as in the open rig: exactly shut, or open.
        Raises ValueError if the neutral is not a head.
        """
        head = PreparedHead.of(neutral, self._topology.faces, self._weights)
        if not head.alignment.in_training_frame:
            self._say(f"aligned a head that was {head.alignment}")
        return self.deform_prepared(head, neutral, units, asymmetry, activations)

    def deform_prepared(
        self,
        head: PreparedHead,
        neutral: np.ndarray,
        units: np.ndarray,
        asymmetry: np.ndarray,
        activations: np.ndarray | None = None,
    ) -> np.ndarray:
        """`deform` for a neutral that has been prepared."""
        start = neutral.astype(np.float64)
        others = np.zeros((len(units), 0)) if activations is None else activations
        beside = self._beside(start, units, others)
        if head.alignment.in_training_frame and self._has_lids():
            faces = self._with_settled_lids(head, start, units, asymmetry, beside)
        else:
            displacements = head.displacements(self._control_set.activations(units, asymmetry)) + beside
            faces = _clear_of_eyeballs(head, start, start + displacements)
        faces = faces.astype(np.float32)
        faces[~(units.any(1) | others.any(1))] = neutral
        return faces

    def _beside(self, start: np.ndarray, units: np.ndarray, others: np.ndarray) -> np.ndarray | float:
        """Displacements [E, V, 3] of `start` [V, 3] by activations [E, A], or 0 without any."""
        if not others.any():
            return 0.0
        actions = FacialActions(self._topology)
        closed = units[:, _AU43] > 0
        return np.stack([actions.displacement(start, row, shut) for row, shut in zip(others, closed, strict=True)])

    def _has_lids(self) -> bool:
        names = self._topology.region_names
        if not all(name in names for name in ("sockets", "eyes", "left_eye", "right_eye")):
            return False
        return bool(self._topology.lid_margins().sum() >= 4 * _MIN_MARGIN)

    def _with_settled_lids(
        self,
        head: PreparedHead,
        start: np.ndarray,
        units: np.ndarray,
        asymmetry: np.ndarray,
        beside: np.ndarray | float,
    ) -> np.ndarray:
        """Expressions with eyes open by the network, closed by as much of its blink as each eye needs."""
        open_eyes = self._control_set.activations(units * (np.arange(6) != _AU43), asymmetry)
        faces = start + head.displacements(open_eyes) + beside
        controls = self._control_set.controls
        blinks = head.displacements(np.eye(len(controls))[[controls.index(name) for name in self._control_set.blinks]])
        eyes = [Eye.find(self._topology, side, start, blink) for side, blink in zip(_SIDES, blinks, strict=True)]
        for face, intensities in zip(faces, units, strict=True):
            for eye in eyes:
                face[:] = eye.settle(face, bool(intensities[_AU43]))
        return faces


def _clear_of_eyeballs(head: PreparedHead, start: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Expressions [E, V, 3] with the skin no deeper in an eyeball than on the neutral `start` [V, 3]."""
    part = np.zeros(len(start), int)
    part[head.mesh.rows] = head.mesh.parts
    for centre, radius in eyeballs(head.mesh):
        neutral_distance = np.linalg.norm(start - centre, axis=1)
        outward = faces - centre
        distance = np.linalg.norm(outward, axis=2)
        least = np.minimum(neutral_distance, (1 + _CLEARANCE) * radius)
        near = (part == 0) & (neutral_distance < 2 * radius) & (distance < least)
        pushed = centre + outward * (least / np.maximum(distance, 1e-12))[..., None]
        faces = np.where(near[..., None], pushed, faces)
    return faces
