"""Eyelids that are shut when the eyes are closed and open when they are not, on any face.

Blendshapes are made for one head. Combined on another, they leave a slit, overlap, or let the eyeball through. Here the
gap between the margins of the lids is measured, the blink shape is applied by as much as the eye needs, each column of
the lid is moved to the required gap, and lid skin that would be inside the eyeball is lifted onto it.

A lid has thickness: from its margin, which is the visible edge, the skin turns back to a rim inside the eyeball, where
the socket begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.records import Topology

NARROWEST = 0.3  # of the neutral gap: squinting does not narrow an open eye further
_OVERLAP = 1.8e-3  # metres by which closed margins overlap, the thickness of a lid's edge
_CLEARANCE = 1.1e-3  # metres from the eyeball to closed lids; above the sagitta of the mesh's edges on the ball
_REST = 0.009  # metres over which a squint of the lower lid gives way to rest when the eye closes
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Eye:
    """One eye of a neutral head: vertex numbers, and the blink displacement [V, 3] in metres."""

    neutral: np.ndarray  # the head [V, 3]
    upper: np.ndarray  # margin of the upper lid, from the inner corner outwards, without the corners
    lower: np.ndarray  # margin of the lower lid, likewise, with both corners
    skin: np.ndarray  # skin around the eye, including the thickness of the lids
    outer: np.ndarray  # bool, whether each vertex of `skin` is visible: the margins and beyond
    ball: np.ndarray
    blink: np.ndarray

    @classmethod
    def find(cls, topology: Topology, side: str, neutral: np.ndarray, blink: np.ndarray) -> Eye:
        """The eye on one `side`, "left" or "right", of a neutral head [V, 3] whose blink is `blink` [V, 3]."""
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
        """Heights in metres [U] of the upper margin's vertices above the lower margin."""
        return vertices[self.upper, 1] - self._on_lower(vertices, vertices[:, 1])

    def reach(self, squint: np.ndarray) -> float:
        """The share, at most 1, of a squint's displacement [V, 3] that narrows this eye to `NARROWEST` of its gap."""
        return min(1.0, self._share(squint, (1 - NARROWEST) * self.gap(self.neutral), self.neutral))

    def settle(self, vertices: np.ndarray, closed: bool) -> np.ndarray:
        """Vertices [V, 3] with lids shut if `closed`, otherwise open by at least `NARROWEST` of the neutral's gap."""
        vertices = self._part(vertices)
        if closed:
            vertices = self._close(vertices)
        return self._lift(vertices, closed)

    def _part(self, vertices: np.ndarray) -> np.ndarray:
        """Hold the lower lid down where it would come too near the upper; the remaining slit tapers to the corners."""
        neutral_gap = self.gap(self.neutral)
        least = NARROWEST * neutral_gap**2 / neutral_gap.max()
        for _ in range(_ROUNDS):
            vertices = self._shift(vertices, self.lower, np.minimum(self.gap(vertices) - least, 0))
        return vertices

    def _close(self, vertices: np.ndarray) -> np.ndarray:
        """Lower the upper lid by column onto the lower one, which is at its rest position, whatever the squint."""
        vertices = self._rested(vertices)
        rest = self._on_lower(self.neutral, self.neutral[:, 1])
        for _ in range(_ROUNDS):
            vertices = self._shift(vertices, self.lower, rest - self._on_lower(vertices, vertices[:, 1]))
        vertices = vertices + self._share(self.blink, self.gap(vertices) + _OVERLAP, vertices) * self.blink
        for _ in range(_ROUNDS):
            vertices = self._shift(vertices, self.upper, -_OVERLAP - self.gap(vertices))
        return vertices

    def _rested(self, vertices: np.ndarray) -> np.ndarray:
        """Return the lower lid's margin to the neutral: a lid that a squint pushed forwards would cover the lashes."""
        lid, away = self._lid(self.lower)
        share = lid * self._by_column(np.ones(len(self.upper))) * np.exp(-((away / _REST) ** 2))
        result = vertices.copy()
        result[self.skin] += share[:, None] * (self.neutral - vertices)[self.skin]
        return result

    def _share(self, shape: np.ndarray, need: np.ndarray, vertices: np.ndarray) -> float:
        """The factor of a displacement [V, 3] that closes the gap by `need` [U], in least squares."""
        closing = self._on_lower(vertices, shape[:, 1]) - shape[self.upper, 1]
        return (need @ closing) / (closing @ closing)

    def _shift(self, vertices: np.ndarray, margin: np.ndarray, by: np.ndarray) -> np.ndarray:
        """Move one lid up by `by` [U] metres, column by column, fading out with the distance from its margin."""
        lid, away = self._lid(margin)
        result = vertices.copy()
        result[self.skin, 1] += lid * self._by_column(by) * np.exp(-((away / _REST) ** 2))
        return result

    def _lid(self, margin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which of the skin is on the lid with a margin, bool [S], and its distance [S] in metres from that margin."""
        skin, edge = self.neutral[self.skin], self.neutral[:, 1]
        middle = self._by_column((edge[self.upper] + self._on_lower(self.neutral, edge)) / 2)
        away = np.linalg.norm(skin[:, None] - self.neutral[margin], axis=2).min(1)
        return (skin[:, 1] > middle) == (margin is self.upper), away

    def _lift(self, vertices: np.ndarray, closed: bool) -> np.ndarray:
        """Keep skin that moved from going deeper into the eyeball than on the neutral; clear of it if closed."""
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
        """Values [V] of the lower margin, interpolated at the columns of the upper margin's vertices: [U]."""
        x = np.abs(vertices[self.lower, 0])
        order = np.argsort(x)
        return np.interp(np.abs(vertices[self.upper, 0]), x[order], values[self.lower][order])

    def _by_column(self, values: np.ndarray) -> np.ndarray:
        """Values [U] of the upper margin, interpolated at the columns of the skin; 0 at the corners of the eye."""
        x = np.abs(self.neutral[self.upper, 0])
        ends = np.abs(self.neutral[self.lower, 0])
        columns = np.concatenate([[ends.min()], x, [ends.max()]])
        return np.interp(np.abs(self.neutral[self.skin, 0]), columns, np.concatenate([[0], values, [0]]))
