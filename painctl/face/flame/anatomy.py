"""Eyes and mouth of FLAME's mesh, from its connectivity, since the official masks may not be redistributed.

FLAME's mesh is a skin and two eyeballs. The skin ends at the neck and inside the mouth, behind the lips. Behind each
eyeball it closes at a pole, surrounded by rings of vertices: first those of the socket, then those of the back of the
lids, then the margin of the lids. In the same way, rings run from the hole in the mouth over the back of the lips to
where the lips meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np

from painctl.mesh.boundary import boundary_loops
from painctl.mesh.graph import connected_components, rings

_MIDDLE = 0.004  # metres from the midline within which the gap between the lips is measured
_DEEP = 0.6  # of an eyeball's radius; only the pole of the socket and its first ring are as close to the centre
_RINGS = 9  # at most, from the pole or the hole to the margin


@dataclass(frozen=True, eq=False)
class Anatomy:
    """The hidden parts of a mesh, bool [V] each, and the hole in its mouth."""

    left_eye: np.ndarray
    right_eye: np.ndarray
    sockets: np.ndarray
    lid_backs: np.ndarray
    mouth_inside: np.ndarray
    hole: np.ndarray  # int [R], a boundary loop

    @property
    def eyes(self) -> np.ndarray:
        return self.left_eye | self.right_eye

    @property
    def hidden(self) -> np.ndarray:
        return self.eyes | self.sockets | self.lid_backs | self.mouth_inside


def find_anatomy(template: np.ndarray, faces: np.ndarray) -> Anatomy:
    """The anatomy of FLAME's template [V, 3] with faces [F, 3]. Raises ValueError for any other mesh."""
    label = connected_components(faces, len(template))
    if label.max() != 2:
        raise ValueError(f"its mesh has {label.max() + 1} separate parts; FLAME's has three, a skin and two eyeballs")
    skin = label == np.bincount(label).argmax()
    balls = [label == part for part in np.unique(label[~skin])]
    left, right = sorted(balls, key=lambda ball: -float(template[ball, 0].mean()))
    loops = sorted(boundary_loops(faces), key=lambda loop: float(template[loop, 1].mean()))
    if len(loops) != 2:
        raise ValueError(f"its skin has {len(loops)} boundary loops; FLAME's has two, neck and mouth")
    sockets, backs = np.zeros((2, len(template)), bool)
    for ball in (left, right):
        socket, *lid = _eye(template, faces, skin, ball)
        sockets[socket] = True
        backs[np.concatenate(lid)] = True
    return Anatomy(left, right, sockets, backs, _mouth(template, faces, loops[1]), loops[1])


def _eye(template: np.ndarray, faces: np.ndarray, skin: np.ndarray, ball: np.ndarray) -> list[np.ndarray]:
    """The vertices of a socket, then those of each ring on the back of its lids, from the pole outwards.

    The rings end before the margin, the first that is entirely outside the eyeball.
    """
    low, high = template[ball].min(0), template[ball].max(0)
    centre, radius = (low + high) / 2, (high[0] - low[0]) / 2
    away = np.linalg.norm(template - centre, axis=1)
    deep = np.flatnonzero(skin & (away < _DEEP * radius))
    if not len(deep):
        raise ValueError("its skin does not close behind the eyeballs")
    around = list(islice(rings(faces, deep), _RINGS))
    margin = next((number for number, ring in enumerate(around) if away[ring].min() > radius), 0)
    if not margin:
        raise ValueError("its skin does not open in front of the eyeballs")
    return [deep, *around[1:margin], deep[:0]]


def _mouth(template: np.ndarray, faces: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The inside of the mouth, bool [V]: the rings from its hole up to, not including, the one where the lips meet."""
    around = list(islice(rings(faces, hole), _RINGS))
    middle = [template[ring[np.abs(template[ring, 0]) < _MIDDLE], 1] for ring in around]
    gaps = [np.ptp(heights) if len(heights) > 1 else np.inf for heights in middle]
    inside = np.zeros(len(template), bool)
    inside[np.concatenate(around[: max(int(np.argmin(gaps)), 1)])] = True
    return inside
