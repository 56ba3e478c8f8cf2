"""Folds and bulges of skin, as heights in metres on its texels: a fold is a valley with a ridge on either side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.spatial import cKDTree

from painctl.appearance.smoothstep import smoothstep

_SAMPLES = 48  # along a fold


class Skin:
    """Texels of skin [N, 3], metres, its age 0..1, and the generator that varies the folds drawn on it."""

    generator: np.random.Generator

    def __init__(self, points: np.ndarray, age: float) -> None:
        self.points, self.age = points, age
        self._columns = np.ascontiguousarray(points.T)
        ahead = points[points[:, 2] > -0.05][::3]
        self._frontal, self._surface = cKDTree(ahead[:, :2]), ahead

    def jitter(self, deviation: float) -> float:
        """A normal draw of that standard deviation, clipped at two deviations."""
        return deviation * float(np.clip(self.generator.standard_normal(), -2, 2))

    def fold(
        self,
        path: Sequence[Sequence[float]],
        depth: float,
        width: float,
        ridges: tuple[float, float] = (0.35, 0.35),
        towards: Sequence[float] = (1, 0),
        ends: tuple[float, float] = (0.25, 0.25),
    ) -> np.ndarray:
        """Heights [N] of one fold in metres: a valley along `path`, points (x, y) projected onto the skin.

        At signed distance q across it, positive `towards` (x, y), the height as a share of `depth` is the sum of a
        valley, -exp(-(|q| / w)^1.5), sharper at its bottom than at its rims, as in skin, and of two ridges,
        exp(-((|q| - 2.1 w) / 1.5 w)^2), scaled by `ridges`, the positive side first. w is the `width`. The fold fades
        out over the share `ends` of its length at its start and its end.
        """
        line, along = self._curve(np.array(path, float))
        reach = 5 * width
        low, high = line.min(0) - reach, line.max(0) + reach
        x, y, _ = self._columns
        near = np.flatnonzero((x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1]))
        distance, nearest = cKDTree(line).query(self.points[near], distance_upper_bound=reach)
        near, distance, nearest = (values[distance < reach] for values in (near, distance, nearest))
        side = (self.points[near] - line[nearest])[:, :2] @ np.array(towards, float) > 0
        q = distance / width
        profile = np.where(side, *ridges) * np.exp(-(((q - 2.1) / 1.5) ** 2)) - np.exp(-(q**1.5))
        profile *= smoothstep(1 - distance / reach, 0, 0.3)
        start, end = (smoothstep(share, -1e-9, fade) for share, fade in zip((along, 1 - along), ends, strict=True))
        strength = start * end * (1 + 0.15 * np.sin(2 * np.pi * (1.7 * along + self.generator.random())))
        heights = np.zeros(len(self.points))
        heights[near] = depth * strength[nearest] * profile
        return heights

    def bulge(self, centre: Sequence[float], height: float, reach: Sequence[float]) -> np.ndarray:
        """Heights [N] of skin bunched around (x, y): a Gaussian of `reach` (x, y) metres."""
        x, y, z = self._columns
        ahead = smoothstep(z, -0.02, 0.0)
        return height * np.exp(-(((x - centre[0]) / reach[0]) ** 2) - ((y - centre[1]) / reach[1]) ** 2) * ahead

    def hollow(self, y: float, start: float, end: float) -> float:
        """The x between `start` and `end` at which the skin at height y is deepest below its chord: beside the nose."""
        x = np.linspace(start, end, _SAMPLES)
        z = self._surface[self._frontal.query(np.column_stack([x, np.full_like(x, y)]))[1], 2]
        return float(x[np.argmax(np.linspace(z[0], z[-1], _SAMPLES) - z)])

    def _curve(self, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A smooth, slightly swaying curve through the path on the skin, [S, 3] metres, and its parameter [S], 0..1."""
        along = np.linspace(0, 1, _SAMPLES)
        curve = make_interp_spline(np.linspace(0, 1, len(path)), path, min(3, len(path) - 1))(along)
        sway = 4e-4 * np.sin(2 * np.pi * (along * self.generator.uniform(0.7, 1.8) + self.generator.random()))
        tangent = np.gradient(curve, axis=0)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        curve = curve + sway[:, None] * tangent[:, ::-1] * (-1, 1)
        z = self._surface[self._frontal.query(curve)[1], 2]
        smooth = np.convolve(np.pad(z, 2, mode="edge"), np.full(5, 0.2), "valid")
        return np.column_stack([curve, smooth]), along
