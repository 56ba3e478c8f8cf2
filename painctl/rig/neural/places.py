"""Where a vertex of the training head lies on a face: the parts that the network learns to name on any head."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from painctl.shard.records import Topology

_REGIONS = (
    "brows upper_lids lower_lids nose lips cheeks eyes scalp neck ears forehead chin mouth_inside sockets tongue".split()
)
# iBUG landmarks above and below the slit of the mouth and of the eyes
_SLITS = {
    "over the mouth": ((50, 51, 52, 61, 62, 63), (56, 57, 58, 65, 66, 67)),
    "over the eye": ((37, 38, 43, 44), (40, 41, 46, 47)),
}
_BLUR = 0.004  # metres of way along the skin over which a slit's sides pass into each other at its corners
PARTS = (*_REGIONS, *_SLITS)


def parts(topology: Topology, template: np.ndarray) -> np.ndarray:
    """Membership in each of `PARTS` of the vertices of a head, `template` [V, 3] metres: float64 [V, P] in 0..1.

    Lips and lids lie on each other's, and what tells them apart is the way along the skin.
    """
    regions = [topology.region(name) for name in _REGIONS]
    return np.stack([*regions, *(_side(topology, template, *marks) for marks in _SLITS.values())], 1).astype(np.float64)


def _side(topology: Topology, template: np.ndarray, upper: tuple[int, ...], lower: tuple[int, ...]) -> np.ndarray:
    """1 where the way to the upper landmarks is the shorter one, 0 where that to the lower is."""
    faces = topology.faces
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    length = np.linalg.norm(template[ends[:, 0]] - template[ends[:, 1]], axis=1)
    count = len(template)
    graph = csr_matrix((length, (ends[:, 0], ends[:, 1])), (count, count)).maximum(
        csr_matrix((length, (ends[:, 1], ends[:, 0])), (count, count))
    )
    far = 10.0  # parts that no way leads to
    up, low = (
        np.minimum(dijkstra(graph, indices=np.unique(faces[topology.landmark_faces[list(marks)]]), min_only=True), far)
        for marks in (upper, lower)
    )
    return 1 / (1 + np.exp((up - low) / _BLUR))
