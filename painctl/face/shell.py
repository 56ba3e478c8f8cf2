"""The visible skin of a head, without eyeballs, sockets and mouth, and the four loops that bound it.

Every head model has such a shell: it ends at the neck, at the margins of the lids, and where the lips meet. The loops
follow the triangles, which is clockwise as seen from in front of the face: from the corner on the subject's right over
the upper lid or lip to the left corner, and back over the lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from painctl.mesh.boundary import boundary_loops
from painctl.mesh.graph import unique_edges
from painctl.records import Topology

_LIP = 0.012  # metres


@dataclass(frozen=True, eq=False)
class Slit:
    """The opening of lids or lips: vertex numbers from the right corner to the left one, both included."""

    upper: np.ndarray  # int [N]
    lower: np.ndarray  # int [M]

    @classmethod
    def of(cls, loop: np.ndarray, vertices: np.ndarray) -> Slit:
        """The slit of a boundary loop int [R] on vertices [V, 3]."""
        loop = np.roll(loop, -int(vertices[loop, 0].argmin()))
        left = int(vertices[loop, 0].argmax())
        return cls(loop[: left + 1], np.append(loop[left:], loop[0])[::-1])

    def at(self, vertices: np.ndarray, shares: np.ndarray, upper: bool) -> np.ndarray:
        """Points [N, 3] at shares [N] of the length of the upper or lower edge, measured from the right corner."""
        edge = vertices[self.upper if upper else self.lower]
        along = _along(edge)
        return np.stack([np.interp(shares, along, axis) for axis in edge.T], 1)

    def onto(self, vertices: np.ndarray, target: Slit, target_vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Vertices int [N] of this slit, and the corresponding points [N, 3] of another, by shares of edge length."""
        above, below = (
            target.at(target_vertices, _along(vertices[edge]), upper)
            for edge, upper in ((self.upper, True), (self.lower, False))
        )
        return np.concatenate([self.upper, self.lower[1:-1]]), np.concatenate([above, below[1:-1]])


@dataclass(frozen=True, eq=False)
class Shell:
    """The visible triangles of a head, and their boundary."""

    faces: np.ndarray  # int [F', 3], into the head's vertices
    rows: np.ndarray  # int [F'], of the head's faces
    neck: np.ndarray  # int [R], a loop
    lips: Slit
    eyes: tuple[Slit, Slit]  # left, right

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray, hidden: np.ndarray) -> Shell:
        """The shell of a head [V, 3], origin between the eyes, without its `hidden` vertices, bool [V].

        Raises ValueError if it does not have four boundary loops.
        """
        rows = np.flatnonzero(~hidden[faces].any(1))
        loops = boundary_loops(faces[rows])
        if len(loops) != 4:
            raise ValueError(f"its skin has {len(loops)} boundary loops, expected four: neck, lips and two eyes")
        neck, lips, *eyes = sorted(loops, key=lambda loop: float(vertices[loop, 1].mean()))
        left, right = sorted(eyes, key=lambda loop: -float(vertices[loop, 0].mean()))
        slits = [Slit.of(loop, vertices) for loop in (lips, left, right)]
        return cls(faces[rows], rows, neck, slits[0], (slits[1], slits[2]))

    def lip(self, vertices: np.ndarray) -> np.ndarray:
        """1 on the upper lip, -1 on the lower, to 12 mm from their edges along the skin, and 0 elsewhere: int [V]."""
        graph = _lengths(vertices, self.faces)
        upper, lower = (
            dijkstra(graph, False, edge[1:-1], min_only=True, limit=_LIP) for edge in (self.lips.upper, self.lips.lower)
        )
        return np.where(upper < lower, 1, -1) * np.isfinite(np.minimum(upper, lower))

    @property
    def slits(self) -> tuple[Slit, Slit, Slit]:
        """Lips, left eye, right eye."""
        return (self.lips, *self.eyes)


def hidden_vertices(topology: Topology) -> np.ndarray:
    """Vertices of the open head outside its shell, bool [V]: eyeballs, sockets, backs of the lids, mouth, tongue."""
    inner = np.max([topology.region(name) for name in ("eyes", "mouth_inside", "tongue")], axis=0) > 0
    return inner | topology.behind_lids()


def _lengths(vertices: np.ndarray, faces: np.ndarray) -> csr_matrix:
    """Lengths of the edges, sparse [V, V]."""
    edges = unique_edges(faces)
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    return csr_matrix((length, edges.T), shape=(len(vertices),) * 2)


def _along(points: np.ndarray) -> np.ndarray:
    """Arc length of a polyline [N, 3] at each of its points, over its whole length: 0 to 1."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return length / length[-1]
