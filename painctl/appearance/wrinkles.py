"""Wrinkles of expression: the folds of facial actions as slopes and shade on the texture, blended by intensity.

The actions' height fields are summed, each weighted by its intensity on the left and on the right, and their slopes
tilt the normals: no vertex moves. Valleys get less light, reddened by bouncing off skin; blood rises with effort.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.appearance.other_folds import other_folds
from painctl.appearance.reflectance import skin_colour
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.texels import texels
from painctl.appearance.unit_folds import MIDDLE, unit_folds
from painctl.images.sampling import sample
from painctl.pain.action_units import HIGHEST, MAX_PSPI, pspi
from painctl.records import Identity, Topology

SIZE = 1024  # texels of the whole texture; only the piece with the folds is kept
_STEEPEST = 1.1  # slope, to which folds are clipped
SHADE = np.array((0.52, 0.61, 0.63), np.float32)  # share of red, green and blue light lost in a deep valley
_DEEP = 4e-4  # metres of depth at which a valley has most of its shade
_FLUSH = 1.4  # blood at the strongest pain, where it shows most, relative to the calm face
_NEGLIGIBLE = 1e-6  # metres


@dataclass(frozen=True, eq=False)
class Creases:
    """The folds of one expression on a piece of the texture: H x W texels from column `left` and row `top`."""

    picture: np.ndarray  # float32 [H, W, 4]: slope along u, slope along v, shade 0..1, flush 0..1
    left: int
    top: int
    flushed: np.ndarray  # float32 [3], factor of the albedo at full flush

    def fold(self, uv: np.ndarray, albedo: np.ndarray, normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Albedo [3, N] and tangent-space normals [3, N], not unit, with the folds at uv [2, N], v upwards."""
        column, row = uv[0] * SIZE - (0.5 + self.left), (1 - uv[1]) * SIZE - (0.5 + self.top)
        along, up, shade, flush = np.ascontiguousarray(sample(self.picture, column, row, outside=0).T)
        tilted = np.stack([normal[0] - along * normal[2], normal[1] - up * normal[2], normal[2]])
        tint = (1 - SHADE[:, None] * shade) * (1 + (self.flushed[:, None] - 1) * flush)
        return albedo * tint, tilted


@dataclass(frozen=True, eq=False)
class Wrinkles:
    """The folds of each action unit at intensity 5 on one neutral head, on a piece of H x W texels of the texture.

    And, if requested, those of other actions at strength 1.
    """

    heights: np.ndarray  # float32 [5, H, W], metres
    others: np.ndarray  # float32 [F, H, W], metres, rows as in `other_folds.fold_shares`; F = 0 without them
    side: np.ndarray  # float32 [H, W], 1 on the subject's left, -1 on the right, 0 on the midline
    flush: np.ndarray  # float32 [H, W], how much a flush shows, 0..1
    texel: np.ndarray  # float32 [2, H, W], size of a texel along u and v, metres; infinite off the skin
    left: int
    top: int
    flushed: np.ndarray  # float32 [3]

    @classmethod
    def of(cls, person: Identity, topology: Topology, vertices: np.ndarray, others: bool = False) -> Wrinkles:
        """The wrinkles of a person, from their neutral head [V, 3] in metres, their age, and their seed.

        Those of other actions than the six units are made if `others`.
        """
        layout = texels(topology, SIZE)
        skin = topology.region("face") * (1 - topology.region("mouth_inside")) * (1 - topology.region("neck"))
        member = layout.interpolate(np.stack([skin, topology.region("lips"), topology.region("cheeks")], 1))
        chosen = np.flatnonzero(member[:, 0] > 0.05)
        member = member[chosen]
        rows, columns = np.divmod(layout.covered[chosen], SIZE)
        top, left = int(rows.min()), int(columns.min())
        rows, columns = rows - top, columns - left
        shape = int(rows.max()) + 1, int(columns.max()) + 1

        def picture(values: np.ndarray, outside: float = 0.0) -> np.ndarray:
            piece = np.full((*shape, *values.shape[1:]), outside, np.float32)
            piece[rows, columns] = values
            return piece

        points = layout.interpolate(vertices)[chosen]
        landmarks = topology.landmarks(vertices)
        creasable = member[:, 0] * (1 - smoothstep(member[:, 1], 0.1, 0.5))
        heights = unit_folds(person, points, landmarks)
        count = len(heights)
        if others:
            heights = np.concatenate([heights, other_folds(person, points, landmarks)])
        heights *= creasable
        heights[np.abs(heights) < _NEGLIGIBLE] = 0
        fields = np.moveaxis(picture(heights.T), 2, 0).copy()
        positions = picture(points, np.nan)
        run = np.stack([np.linalg.norm(np.gradient(positions, axis=axis), axis=2) for axis in (1, 0)])
        run[~((run > 2e-5) & (run < 3e-3))] = np.inf
        red = 0.45 + 0.55 * np.clip(
            member[:, 2] + _around(points, landmarks[30], 0.020) + _around(points, landmarks[27], 0.03), 0, 1
        )
        blood = person.haemoglobin * np.array((1, _FLUSH))
        before, after = skin_colour(np.full(2, person.melanin), blood)
        return cls(
            fields[:count],
            fields[count:],
            picture(np.clip(points[:, 0] / MIDDLE, -1, 1)),
            picture(red * creasable),
            run,
            left,
            top,
            (after / before).astype(np.float32),
        )

    def height(self, units: np.ndarray, asymmetry: np.ndarray, others: np.ndarray | None = None) -> np.ndarray:
        """The height field of an expression, metres [H, W]; arguments as for `creases`."""
        total = np.zeros_like(self.side)
        for height, unit, highest, lopsided in zip(self.heights, units, HIGHEST, asymmetry, strict=False):
            if unit:
                total += height * (np.float32(unit / highest) * (1 + np.float32(lopsided) * self.side))
        if others is None or not others.any():
            return total
        beside = np.zeros_like(self.side)
        for height, (left, right) in zip(self.others, others.astype(np.float32) / 2, strict=True):
            if left or right:
                beside += height * (left + right + (left - right) * self.side)
        return _combined(total, beside)

    def creases(self, units: np.ndarray, asymmetry: np.ndarray, others: np.ndarray | None = None) -> Creases:
        """The creases of action units [6] in the order of `ACTION_UNITS`, intensities 0..5; AU43 makes none.

        `asymmetry` a [6]: a unit has 1 + a of its intensity on the left, and 1 - a on the right. `others` [F, 2] are
        the shares of the folds of other actions, see `other_folds.fold_shares`, which wrinkles made without them lack.
        """
        height = self.height(units, asymmetry, others)
        along, down = (np.gradient(height, axis=axis) / run for axis, run in zip((1, 0), self.texel, strict=True))
        slopes = [np.clip(slope, -_STEEPEST, _STEEPEST) for slope in (along, -down)]
        effort = pspi(np.array([*units[:5], 0], float)) / (MAX_PSPI - 1)
        picture = np.stack([*slopes, depth_shade(height), np.float32(effort) * self.flush], 2, dtype=np.float32)
        return Creases(picture, self.left, self.top, self.flushed)


def _combined(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Two height fields at once: as `rig.blendshapes.combine` adds up actions that move the same skin.

    A smile and AU10 both fold the skin beside the nose, which gets deeper than with either, but not as deep as both.
    """
    total = np.abs(one) + np.abs(other)
    share = np.divide(np.hypot(one, other), total, out=np.ones_like(total), where=total > 0)
    return (one + other) * share


def depth_shade(height: np.ndarray) -> np.ndarray:
    """Shade at a height in metres, 0..1: the share of `SHADE` by which light is reduced."""
    return 1 - np.exp(-((np.minimum(height, 0) / np.float32(_DEEP)) ** 2))


def _around(points: np.ndarray, centre: np.ndarray, reach: float) -> np.ndarray:
    """A Gaussian [N] around a centre [3], `reach` metres wide, at points [N, 3]."""
    return np.exp(-(((points - centre) / reach) ** 2).sum(1))
