"""Wrinkles of expression: what action units fold, as slopes and shade on the texture, blended by intensity.

The height fields of the units add up by intensity, left and right by their own, and their slopes tilt the normals: no
vertex moves. Valleys see less light, and what they see has bounced off skin; blood rises with effort.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.appearance.noise import smoothstep
from painctl.appearance.reflectance import skin_colour
from painctl.appearance.texels import texels
from painctl.appearance.unit_folds import MIDDLE, unit_folds
from painctl.images.sampling import sample
from painctl.pain.action_units import HIGHEST, MAX_PSPI, pspi
from painctl.records import Identity, Topology

SIZE = 1024  # texels of the whole texture; only those about the folds are kept
_STEEPEST = 1.1  # slope that no fold exceeds
SHADE = np.array((0.52, 0.61, 0.63), np.float32)  # share of light that a deep valley loses, by red, green and blue
_DEEP = 4e-4  # metres below its surroundings at which a valley has most of its shade
_FLUSH = 1.4  # times the blood of the calm face, at the strongest pain where it shows most
_NOTHING = 1e-6  # metres that are no fold


@dataclass(frozen=True, eq=False)
class Creases:
    """The folds of one expression on a piece of the texture: H x W texels from (left, top) on."""

    picture: np.ndarray  # float32 [H, W, 4]: slope along u, slope along v, shade 0..1, flush 0..1
    left: int
    top: int
    flushed: np.ndarray  # float32 [3], what a full flush multiplies the albedo by

    def fold(self, uv: np.ndarray, albedo: np.ndarray, normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Albedo [3, N] and tangent-space normal [3, N], of any length, with the folds at uv [2, N], v upwards."""
        at = uv[0] * SIZE - (0.5 + self.left), (1 - uv[1]) * SIZE - (0.5 + self.top)
        along, up, shade, flush = np.ascontiguousarray(sample(self.picture, *at, outside=0).T)
        tilted = np.stack([normal[0] - along * normal[2], normal[1] - up * normal[2], normal[2]])
        tint = (1 - SHADE[:, None] * shade) * (1 + (self.flushed[:, None] - 1) * flush)
        return albedo * tint, tilted


@dataclass(frozen=True, eq=False)
class Wrinkles:
    """What each unit folds at its strongest on one neutral head, on a piece of H x W texels of the texture."""

    heights: np.ndarray  # float32 [5, H, W], metres
    lean: np.ndarray  # float32 [H, W], 1 on the subject's left, -1 on the right, 0 on the midline
    flush: np.ndarray  # float32 [H, W], how much of a flush shows, 0..1
    texel: np.ndarray  # float32 [2, H, W], metres of skin a texel is along u and along v; infinite beyond the skin
    left: int
    top: int
    flushed: np.ndarray  # float32 [3]

    @classmethod
    def of(cls, person: Identity, topology: Topology, vertices: np.ndarray) -> Wrinkles:
        """The wrinkles of a person, from their neutral head [V, 3] in metres, their age, and their seed."""
        here = texels(topology, SIZE)
        skin = topology.region("face") * (1 - topology.region("mouth_inside")) * (1 - topology.region("neck"))
        member = here.interpolate(np.stack([skin, topology.region("lips"), topology.region("cheeks")], 1))
        chosen = np.flatnonzero(member[:, 0] > 0.05)
        member = member[chosen]
        rows, columns = np.divmod(here.covered[chosen], SIZE)
        top, left = int(rows.min()), int(columns.min())
        rows, columns = rows - top, columns - left
        shape = int(rows.max()) + 1, int(columns.max()) + 1

        def picture(values: np.ndarray, outside: float = 0.0) -> np.ndarray:
            drawn = np.full((*shape, *values.shape[1:]), outside, np.float32)
            drawn[rows, columns] = values
            return drawn

        points = here.interpolate(vertices)[chosen]
        marks = topology.landmarks(vertices)
        calm = member[:, 0] * (1 - smoothstep(member[:, 1], 0.1, 0.5))
        heights = unit_folds(person, points, marks) * calm
        heights[np.abs(heights) < _NOTHING] = 0
        place = picture(points, np.nan)
        run = np.stack([np.linalg.norm(np.gradient(place, axis=axis), axis=2) for axis in (1, 0)])
        run[~((run > 2e-5) & (run < 3e-3))] = np.inf
        red = 0.45 + 0.55 * np.clip(
            member[:, 2] + _about(points, marks[30], 0.020) + _about(points, marks[27], 0.03), 0, 1
        )
        blood = person.haemoglobin * np.array((1, _FLUSH))
        before, after = skin_colour(np.full(2, person.melanin), blood)
        return cls(
            np.moveaxis(picture(heights.T), 2, 0).copy(),
            picture(np.clip(points[:, 0] / MIDDLE, -1, 1)),
            picture(red * calm),
            run,
            left,
            top,
            (after / before).astype(np.float32),
        )

    def height(self, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """The height field of an expression, metres [H, W]; arguments as for `creases`."""
        total = np.zeros_like(self.lean)
        for height, unit, highest, lopsided in zip(self.heights, units, HIGHEST, asymmetry, strict=False):
            if unit:
                total += height * (np.float32(unit / highest) * (1 + np.float32(lopsided) * self.lean))
        return total

    def creases(self, units: np.ndarray, asymmetry: np.ndarray) -> Creases:
        """The creases of action units [6] in the order of `ACTION_UNITS`, intensities 0..5, AU43 making none.

        `asymmetry` [6]: a unit acts on the left with (1 + a) of its intensity, on the right with (1 - a).
        """
        height = self.height(units, asymmetry)
        along, down = (np.gradient(height, axis=axis) / run for axis, run in zip((1, 0), self.texel, strict=True))
        slopes = [np.clip(slope, -_STEEPEST, _STEEPEST) for slope in (along, -down)]
        effort = pspi(np.array([*units[:5], 0], float)) / (MAX_PSPI - 1)
        picture = np.stack([*slopes, depth_shade(height), np.float32(effort) * self.flush], 2, dtype=np.float32)
        return Creases(picture, self.left, self.top, self.flushed)


def depth_shade(height: np.ndarray) -> np.ndarray:
    """How much of the full shade of a valley, 0..1, lies at a height in metres; of light, that takes `SHADE`."""
    return 1 - np.exp(-((np.minimum(height, 0) / np.float32(_DEEP)) ** 2))


def _about(points: np.ndarray, centre: np.ndarray, reach: float) -> np.ndarray:
    return np.exp(-(((points - centre) / reach) ** 2).sum(1))
