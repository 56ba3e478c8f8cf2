"""How much of the light of a bright opening falls on surfaces behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Opening:
    """A bright opening, cut into P patches."""

    centres: np.ndarray  # float32 [P, 3]
    areas: np.ndarray  # float32 [P, 3], normal times area; light goes the way of the normal

    @classmethod
    def of(cls, polygon: np.ndarray) -> Opening:
        """The opening inside a polygon [C, 3], counter-clockwise as seen from where its light falls."""
        middle = polygon.mean(axis=0)
        a, b = polygon - middle, np.roll(polygon, -1, axis=0) - middle
        area = np.cross(a, b) / 2
        # each triangle from the middle to an edge, cut halfway
        centres = np.concatenate([(a + b) / 6, (a + b) * (7 / 18)]) + middle
        return cls(centres.astype(np.float32), np.concatenate([area / 4, area * 0.75]).astype(np.float32))

    @property
    def area(self) -> float:
        """Of the opening."""
        return float(np.linalg.norm(self.areas.sum(axis=0)))

    def form_factor(self, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """The share of the irradiance of surfaces that comes from the opening if all around were as bright.

        The surfaces have points [N, 3] and unit normals [N, 3]. Returns float32 [N] in 0..1: the sum over the patches
        of the disc approximation cos(t) cos(t') A / (pi r^2 + A) (Wallace, Elmquist and Haines, A ray tracing
        algorithm for progressive radiosity, 1989).
        """
        x, y, z = (self.centres.T[:, :, None] - points.astype(np.float32).T[:, None]).astype(np.float32)  # [P, N] each
        nx, ny, nz = normals.astype(np.float32).T
        ax, ay, az = -self.areas.T[:, :, None]
        square = x * x + y * y + z * z
        received = np.maximum(nx * x + ny * y + nz * z, 0)
        sent = np.maximum(ax * x + ay * y + az * z, 0)
        size = np.linalg.norm(self.areas, axis=1).astype(np.float32)[:, None]
        shares = received * sent / (np.maximum(square, np.float32(1e-12)) * (np.float32(np.pi) * square + size))
        return np.clip(shares.sum(axis=0), 0, 1)
