"""How the lower jaw moves, measured on the skin over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.mesh.rigid import rigid_motion
from painctl.records import Topology

_OPENING = "jawOpen"
_LEAST = 0.004  # metres that the open jaw moves a vertex which is counted
_SHARPNESS = 3  # power on the jaw's share of a vertex's movement
_ELSEWHERE = ("mouth_inside", "tongue", "eyes", "sockets")  # regions that are no skin


@dataclass(frozen=True, eq=False)
class Jaw:
    """The skin that follows the lower jaw of a person."""

    vertex: np.ndarray  # int [N]
    weight: np.ndarray  # float [N]
    rest: np.ndarray  # float [N, 3], on the neutral face, metres

    @classmethod
    def of(cls, topology: Topology, neutral: np.ndarray) -> Jaw:
        """The jaw of a person whose neutral head is `neutral` [V, 3]; without skin if no action opens the jaw.

        Skin counts by as much as the jaw moves it and nothing else does: the chin and the edge of the jaw, less the
        lower lip and the folds that other actions push.
        """
        names = topology.action_names
        if _OPENING not in names:
            return cls(np.empty(0, np.intp), np.empty(0), np.empty((0, 3)))
        reach = dict(zip(names, np.linalg.norm(topology.actions, axis=2), strict=True))
        opened = reach[_OPENING].astype(float)
        others = sum(length for name, length in reach.items() if not name.startswith("jaw"))
        skin = np.max([topology.region(name) for name in _ELSEWHERE], axis=0) == 0
        weight = np.where(skin & (opened > _LEAST), opened, 0.0)
        weight *= (opened / np.maximum(opened + others, 1e-9)) ** _SHARPNESS
        vertex = np.flatnonzero(weight > 0)
        return cls(vertex, weight[vertex], neutral[vertex].astype(float))

    def motion(self, face: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The rotation [3, 3] and shift [3], metres, of the jaw of a face [V, 3] against the neutral one."""
        if not len(self.vertex):
            return np.eye(3), np.zeros(3)
        return rigid_motion(self.rest, face[self.vertex], self.weight)
