"""Eyelids that keep their promise on any face: shut when the eyes are closed, open when they are not.

Blendshapes are made for one head. Added up on another they leave a slit, ride over each other, or let the eyeball
through. So the gap between the margins of the lids is measured, the blink shape is applied by as much as the eye needs,
each column is brought to the gap it should have, and lid skin that would lie inside the eyeball is lifted onto it.

A lid is as thick as a lid: from its margin, the edge that one sees, the skin turns back to a rim inside the eyeball,
where the socket begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.records import Topology

NARROWEST = 0.3  # of the neutral gap: how far squinting may narrow an eye that is not closed
_OVERLAP = 1.8e-3  # metres that closed margins ride over each other, as much as a lid's edge is thick
_CLEARANCE = 9e-4  # metres from the eyeball to closed skin; above the sagitta of the mesh's edges on the ball
_FADE = 0.006  # metres over which the lid follows its margin
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Eye:
    """One eye of a neutral head: vertex numbers, and the blink displacement [V, 3] in metres."""

    neutral: np.ndarray  # the head [V, 3]
    upper: np.ndarray  # margin of the upper lid, from the inner corner outwards, corners left out
    lower: np.ndarray  # margin of the lower lid, likewise, with both corners
    skin: np.ndarray  # skin about the eye, the lids' thickness included
    outer: np.ndarray  # bool, which of the skin is seen: margins and all beyond
    ball: np.ndarray
    blink: np.ndarray

    @classmethod
    def find(cls, topology: Topology, side: str, neutral: np.ndarray, blink: np.ndarray) -> Eye:
        """The left or right eye (`side` is left or right) of a neutral head [V, 3] that blinks by `blink` [V, 3]."""
        ball = np.flatnonzero(topology.region(f"{side}_eye") > 0)
        centre = neutral[ball].mean(0)
        sockets = topology.region("sockets") > 0
        behind = topology.behind_lids()
        margin = np.flatnonzero(topology.lid_margins() & (neutral[:, 0] * centre[0] > 0))
        margin = margin[np.argsort(np.abs(neutral[margin, 0]))]
        x, y = np.abs(neutral[margin, 0]), neutral[margin, 1]
        line = np.interp(x, x[[0, -1]], y[[0, -1]])
        near = np.linalg.norm(neutral - centre, axis=1) < 0.035
        skin = np.flatnonzero(near & ~sockets & (topology.region("eyes") == 0) & (neutral[:, 2] > centre[2]))
        return cls(neutral, margin[y > line], margin[y <= line], skin, ~behind[skin], ball, blink)

    def gap(self, vertices: np.ndarray) -> np.ndarray:
        """Height in metres of the upper margin's vertices [U] over the lower margin below them."""
        return vertices[self.upper, 1] - self._on_lower(vertices, vertices[:, 1])

    def reach(self, squint: np.ndarray) -> float:
        """The share of a squint's displacement [V, 3], 1 at most, that narrows this eye to `NARROWEST` of its gap."""
        return min(1.0, self._share(squint, (1 - NARROWEST) * self.gap(self.neutral), self.neutral))

    def settle(self, vertices: np.ndarray, closed: bool) -> np.ndarray:
        """Lids [V, 3] in place: shut if `closed`, else open by `NARROWEST` of the neutral's gap at least."""
        vertices = self._part(vertices)
        if closed:
            vertices = self._close(vertices)
        return self._lift(vertices, closed)

    def _part(self, vertices: np.ndarray) -> np.ndarray:
        """The lower lid held down where it would come too near the upper; the slit left tapers to the corners."""
        before = self.gap(self.neutral)
        least = NARROWEST * before**2 / before.max()
        for _ in range(_ROUNDS):
            vertices = self._shift(vertices, self.lower, np.minimum(self.gap(vertices) - least, 0))
        return vertices

    def _close(self, vertices: np.ndarray) -> np.ndarray:
        """The lower lid where it rests, however far it was squeezed, the upper down on it column by column."""
        rest = self._on_lower(self.neutral, self.neutral[:, 1])
        for _ in range(_ROUNDS):
            vertices = self._shift(vertices, self.lower, rest - self._on_lower(vertices, vertices[:, 1]))
        vertices = vertices + self._share(self.blink, self.gap(vertices) + _OVERLAP, vertices) * self.blink
        for _ in range(_ROUNDS):
            vertices = self._shift(vertices, self.upper, -_OVERLAP - self.gap(vertices))
        return vertices

    def _share(self, shape: np.ndarray, need: np.ndarray, vertices: np.ndarray) -> float:
        """How much of a displacement [V, 3] closes the gap by `need` [U], in the sense of least squares."""
        closing = self._on_lower(vertices, shape[:, 1]) - shape[self.upper, 1]
        return (need @ closing) / (closing @ closing)

    def _shift(self, vertices: np.ndarray, margin: np.ndarray, by: np.ndarray) -> np.ndarray:
        """One lid moved up by `by` [U] metres, column by column, fading out with the distance from its margin."""
        skin, edge = self.neutral[self.skin], self.neutral[:, 1]
        middle = self._by_column((edge[self.upper] + self._on_lower(self.neutral, edge)) / 2)
        lid = (skin[:, 1] > middle) == (margin is self.upper)
        away = np.linalg.norm(skin[:, None] - self.neutral[margin], axis=2).min(1)
        result = vertices.copy()
        result[self.skin, 1] += lid * self._by_column(by) * np.exp(-((away / _FADE) ** 2))
        return result

    def _lift(self, vertices: np.ndarray, closed: bool) -> np.ndarray:
        """Skin that moved, no deeper in the eyeball than on the neutral face; where the eye is closed, clear of it."""
        ball, skin = self.neutral[self.ball], self.skin[self.outer]
        centre = (ball.min(0) + ball.max(0)) / 2
        clear = np.linalg.norm(ball - centre, axis=1).max() + _CLEARANCE
        radius = clear if closed else np.minimum(np.linalg.norm(self.neutral[skin] - centre, axis=1), clear)
        x, y, z = (vertices[skin] - centre).T
        front = np.sqrt(np.clip(radius**2 - x**2 - y**2, 0, None))
        moved = (vertices[skin] != self.neutral[skin]).any(1)
        result = vertices.copy()
        result[skin, 2] += np.where(moved, np.maximum(front - z, 0), 0)
        return result

    def _on_lower(self, vertices: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Values [V] on the lower margin at the columns of the upper's vertices, [U]."""
        x = np.abs(vertices[self.lower, 0])
        order = np.argsort(x)
        return np.interp(np.abs(vertices[self.upper, 0]), x[order], values[self.lower][order])

    def _by_column(self, values: np.ndarray) -> np.ndarray:
        """Values of the upper margin [U] at the columns of the skin, falling to 0 at the corners of the eye."""
        x = np.abs(self.neutral[self.upper, 0])
        ends = np.abs(self.neutral[self.lower, 0])
        columns = np.concatenate([[ends.min()], x, [ends.max()]])
        return np.interp(np.abs(self.neutral[self.skin, 0]), columns, np.concatenate([[0], values, [0]]))
