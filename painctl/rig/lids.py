"""Eyelids that keep their promise on any face: shut when the eyes are closed, open when they are not.

Blendshapes are made for one head. Added up on another they leave a slit, ride over each other, or let the eyeball
through. So the gap between the lid rims is measured, the blink shape is applied by as much as the eye needs, each
column is brought to the gap it should have, and lid skin that would lie inside the eyeball is lifted onto it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.shard.records import Topology

NARROWEST = 0.35  # of the neutral gap: how far squinting may narrow an eye that is not closed
_OVERLAP = 8e-4  # metres that closed rims ride over each other
_CLEARANCE = 9e-4  # metres from the eyeball to closed skin; above the sagitta of the mesh's edges on the ball
_DEPTH = 2e-3  # metres under the eyeball's surface at which the lids' inside is kept
_FADE = 0.006  # metres over which the upper lid follows its rim
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Eye:
    """One eye of a topology: vertex numbers, and the blink displacement [V, 3] in metres."""

    upper: np.ndarray  # rim of the upper lid, from the inner corner outwards, corners left out
    lower: np.ndarray  # rim of the lower lid, with both corners
    skin: np.ndarray  # skin that may come to lie on the ball, rims included
    socket: np.ndarray  # the lids' inside, rims left out
    ball: np.ndarray
    blink: np.ndarray

    @classmethod
    def find(cls, topology: Topology, side: str, neutral: np.ndarray) -> Eye:
        """The left or right eye (`side` is Left or Right), of a neutral head [V, 3]."""
        ball = np.flatnonzero(topology.region(f"{side.lower()}_eye") > 0)
        sockets = topology.region("sockets") > 0
        inside = topology.faces[sockets[topology.faces].any(1)]
        rim = np.setdiff1d(inside, np.flatnonzero(sockets))
        centre = neutral[ball].mean(0)
        rim = rim[np.linalg.norm(neutral[rim] - centre, axis=1) < 0.05]
        rim = rim[np.argsort(np.abs(neutral[rim, 0]))]
        x, y = neutral[rim].T[:2]
        line = np.interp(np.abs(x), np.abs(x[[0, -1]]), y[[0, -1]])
        blink = topology.actions[topology.action_names.index(f"eyeBlink{side}")].astype(np.float64)
        near = np.linalg.norm(neutral - centre, axis=1) < 0.035
        skin = near & ~sockets & (topology.region("eyes") == 0) & (neutral[:, 2] > centre[2] - 0.004)
        return cls(rim[y > line], rim[y <= line], np.flatnonzero(skin), np.flatnonzero(near & sockets), ball, blink)

    def gap(self, vertices: np.ndarray) -> np.ndarray:
        """Height in metres of the upper rim's vertices [U] over the lower rim below them."""
        return vertices[self.upper, 1] - self._on_lower(vertices, vertices[:, 1])

    def _on_lower(self, vertices: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Values of the lower rim at the columns of the upper."""
        x = np.abs(vertices[self.lower, 0])
        order = np.argsort(x)
        return np.interp(np.abs(vertices[self.upper, 0]), x[order], values[self.lower][order])

    def settle(self, neutral: np.ndarray, vertices: np.ndarray, closed: bool) -> np.ndarray:
        """Lids [V, 3] in place: shut if `closed`, else no narrower than `NARROWEST` of the neutral's gap."""
        before = self.gap(neutral)
        wanted = np.full_like(before, -_OVERLAP) if closed else np.maximum(self.gap(vertices), NARROWEST * before)
        vertices = self._blink(vertices, wanted)
        for _ in range(_ROUNDS):
            vertices = self._shift(neutral, vertices, wanted)
        return self._tuck(neutral, self._lift(neutral, vertices, 1 - np.clip(wanted / before, 0, 1)))

    def _tuck(self, neutral: np.ndarray, vertices: np.ndarray) -> np.ndarray:
        """The lids' inside within the eyeball, out of sight; moved along, it would come out through the skin."""
        centre, radius = self._sphere(neutral)
        away = neutral[self.socket] - centre
        distance = np.linalg.norm(away, axis=1)
        result = vertices.copy()
        result[self.socket] = centre + away * np.minimum(1, (radius - _DEPTH) / distance)[:, None]
        return result

    def _sphere(self, neutral: np.ndarray) -> tuple[np.ndarray, float]:
        """Centre and radius in metres of the eyeball."""
        ball = neutral[self.ball]
        centre = (ball.min(0) + ball.max(0)) / 2
        return centre, float(np.linalg.norm(ball - centre, axis=1).max())

    def _blink(self, vertices: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """The blink shape, by the least-squares share over the columns."""
        need = self.gap(vertices) - wanted
        closing = self._on_lower(vertices, self.blink[:, 1]) - self.blink[self.upper, 1]
        return vertices + (need @ closing) / (closing @ closing) * self.blink

    def _shift(self, neutral: np.ndarray, vertices: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """What the blink left over, column by column, fading out over the upper lid."""
        need = self._by_column(neutral, self.gap(vertices) - wanted, neutral[self.skin])
        away = np.linalg.norm(neutral[self.skin, None] - neutral[None, self.upper], axis=2).min(1)
        above = neutral[self.skin, 1] >= self._by_column(neutral, neutral[self.upper, 1], neutral[self.skin]) - 1e-6
        result = vertices.copy()
        result[self.skin, 1] -= need * above * np.exp(-((away / _FADE) ** 2))
        return result

    def _by_column(self, neutral: np.ndarray, values: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Values of the upper rim [U] at the columns of points [P, 3], falling to 0 at the corners of the eye."""
        x = np.abs(neutral[self.upper, 0])
        order = np.argsort(x)
        ends = np.abs(neutral[self.lower, 0])
        columns = np.concatenate([[ends.min()], x[order], [ends.max()]])
        return np.interp(np.abs(points[:, 0]), columns, np.concatenate([[0], values[order], [0]]))

    def _lift(self, neutral: np.ndarray, vertices: np.ndarray, closure: np.ndarray) -> np.ndarray:
        """Skin no deeper in the eyeball than on the neutral face, and clear of it where the lids close."""
        centre, radius = self._sphere(neutral)
        clear = radius + _CLEARANCE
        before = np.linalg.norm(neutral[self.skin] - centre, axis=1)
        away = vertices[self.skin] - centre
        distance = np.linalg.norm(away, axis=1)
        touching = np.minimum(before, clear)
        share = np.sqrt(self._by_column(neutral, closure, neutral[self.skin]))
        lifted = np.maximum(distance, touching + share * (clear - touching))
        moved = np.abs(vertices[self.skin] - neutral[self.skin]).max(1) > 0
        result = vertices.copy()
        result[self.skin] = centre + away * np.where(moved, lifted / distance, 1)[:, None]
        return result
