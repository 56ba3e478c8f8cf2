"""The facial actions beside the six units, on the heads of one topology: skin by blendshapes, eyeballs by rotation.

An eyeball that turns is a rotation, which a blendshape is not: adding displacements would shrink it. The eyelids follow
the gaze a little, as their blendshapes do.
"""

from __future__ import annotations

import numpy as np

from painctl.face.head import eye_centres
from painctl.records import Topology

# Degrees of rotation at full activation. Eyes seldom turn farther before the head does (Stahl, "Amplitude of human head
# movements associated with horizontal saccades", 1999), and the balls of head models are larger than real ones.
LOOK = {"In": 24.0, "Out": 24.0, "Up": 15.0, "Down": 17.0}
_UPPER_FACE = ("brow", "eye")


class FacialActions:
    """Displacements by the facial actions of a topology, except those of the six units, which the rigs mix."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        still = np.maximum(topology.region("sockets"), topology.region("eyes")).astype(np.float64)
        self._skin = 1 - still
        self._outside = self._skin * (1 - topology.region("mouth_inside"))

    def displacement(self, neutral: np.ndarray, activations: np.ndarray, closed: bool) -> np.ndarray:
        """Displacement float64 [V, 3] in metres of a neutral [V, 3] by activations [A]; they add up.

        Lids that are `closed` neither widen nor follow the gaze.
        """
        total = np.zeros(neutral.shape)
        for row in np.flatnonzero(activations).tolist():
            name = self._topology.action_names[row]
            if closed and name.startswith(("eyeWide", "eyeLook")):
                continue
            moving = self._outside if name.startswith(_UPPER_FACE) else self._skin
            total += (float(activations[row]) * moving)[:, None] * self._topology.actions[row]
        self._turn_eyes(total, neutral, activations)
        return total

    def _turn_eyes(self, total: np.ndarray, neutral: np.ndarray, activations: np.ndarray) -> None:
        """Rotate both eyeballs about their centres: write their displacements into `total` [V, 3]."""
        for side, centre in zip(("Left", "Right"), eye_centres(self._topology, neutral), strict=True):
            look = {way: self._amount(f"eyeLook{way}{side}", activations) * LOOK[way] for way in LOOK}
            if not any(look.values()):
                continue
            outwards = 1 if side == "Left" else -1
            turn = np.radians((look["Down"] - look["Up"], outwards * (look["Out"] - look["In"]), 0))
            ball = self._topology.region(f"{side.lower()}_eye") > 0
            points = neutral[ball] - centre
            total[ball] = rotated(points, turn) - points

    def _amount(self, name: str, activations: np.ndarray) -> float:
        names = self._topology.action_names
        return float(activations[names.index(name)]) if name in names else 0.0


def rotated(points: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Points [N, 3] rotated about the axis `turn` [3] by its length in radians (Rodrigues)."""
    angle = float(np.sqrt((turn * turn).sum()))
    axis = turn / angle
    across = np.cross(axis, points)
    along = (points * axis).sum(axis=1, keepdims=True) * axis
    return np.cos(angle) * points + np.sin(angle) * across + (1 - np.cos(angle)) * along
