"""What one sees of a head: the skin without eyeballs, sockets and mouth, and the four loops where it ends.

Every head has the same shell: it ends at the neck, at the margins of the lids, and where the lips meet. The loops run
in the order of the triangles, which is clockwise seen from before the face: so each begins at the corner on the
subject's right, and goes over the upper lid or lip to the left corner and back over the lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from painctl.mesh.boundary import boundary_loops
from painctl.mesh.graph import unique_edges

_LIP = 0.012


@dataclass(frozen=True, eq=False)
class Slit:
    """An opening of lids or lips: vertex numbers from the corner on the right to that on the left, both included."""

    upper: np.ndarray
    lower: np.ndarray

    @classmethod
    def of(cls, loop: np.ndarray, vertices: np.ndarray) -> Slit:
        """A loop int [R] as it follows the triangles, on vertices [V, 3]."""
        loop = np.roll(loop, -int(vertices[loop, 0].argmin()))
        left = int(vertices[loop, 0].argmax())
        return cls(loop[: left + 1], np.append(loop[left:], loop[0])[::-1])

    def at(self, vertices: np.ndarray, shares: np.ndarray, upper: bool) -> np.ndarray:
        """Points [N, 3] at shares [N] of the length of the upper or lower edge, from the right corner."""
        edge = vertices[self.upper if upper else self.lower]
        along = _along(edge)
        return np.stack([np.interp(shares, along, axis) for axis in edge.T], 1)

    def onto(self, vertices: np.ndarray, other: Slit, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Vertices int [N] of this slit and the points [N, 3] of another, on vertices `others`, that are theirs."""
        above, below = (
            other.at(others, _along(vertices[edge]), upper) for edge, upper in ((self.upper, True), (self.lower, False))
        )
        return np.concatenate([self.upper, self.lower[1:-1]]), np.concatenate([above, below[1:-1]])


@dataclass(frozen=True, eq=False)
class Shell:
    """Rows of the head's triangles that one sees, and where they end."""

    faces: np.ndarray  # int [F', 3], into the head's vertices
    rows: np.ndarray  # int [F'], of the head's faces
    neck: np.ndarray  # int [R], a loop
    lips: Slit
    eyes: tuple[Slit, Slit]  # left, right

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray, hidden: np.ndarray) -> Shell:
        """The shell of a head [V, 3] about its `hidden` vertices, bool [V]. ValueError if it does not end four times.

        The origin is between the eyes.
        """
        rows = np.flatnonzero(~hidden[faces].any(1))
        loops = boundary_loops(faces[rows])
        if len(loops) != 4:
            raise ValueError(f"its skin ends at {len(loops)} loops, not at neck, lips and two eyes")
        neck, lips, *eyes = sorted(loops, key=lambda loop: float(vertices[loop, 1].mean()))
        left, right = sorted(eyes, key=lambda loop: -float(vertices[loop, 0].mean()))
        slits = [Slit.of(loop, vertices) for loop in (lips, left, right)]
        return cls(faces[rows], rows, neck, slits[0], (slits[1], slits[2]))

    def lip(self, vertices: np.ndarray) -> np.ndarray:
        """1 at the upper lip and -1 at the lower, up to `_LIP` metres of skin from their edges, else 0: int [V]."""
        graph = _lengths(vertices, self.faces)
        upper, lower = (
            dijkstra(graph, False, edge[1:-1], min_only=True, limit=_LIP) for edge in (self.lips.upper, self.lips.lower)
        )
        return np.where(upper < lower, 1, -1) * np.isfinite(np.minimum(upper, lower))

    @property
    def slits(self) -> tuple[Slit, Slit, Slit]:
        return (self.lips, *self.eyes)


def _lengths(vertices: np.ndarray, faces: np.ndarray) -> csr_matrix:
    """Length of each edge, [V, V]."""
    edges = unique_edges(faces)
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    return csr_matrix((length, edges.T), shape=(len(vertices),) * 2)


def _along(points: np.ndarray) -> np.ndarray:
    """Share of the length of a line [N, 3] at each of its points, 0 to 1."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return length / length[-1]
