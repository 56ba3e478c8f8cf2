"""Wrinkles of expression: what action units fold, as slopes and shade on the texture, blended by intensity.

Each unit has a height field on the neutral head, drawn from folds that run where muscles pull skin together: a
valley along a curve, a ridge on either side. Which fold belongs to which unit follows the appearance changes of the
Facial Action Coding System (Ekman, Friesen and Hager, 2002): AU4 furrows between the brows, AU6 crow's feet and the
line under the eye, AU7 the crease of the lower lid, AU9 lines across the root and down the sides of the nose, AU10
the nasolabial fold. Depths reach a millimetre, as deep facial furrows do (Lemperle et al., "A classification of facial
wrinkles", 2001), less in the young.

Fields add up by intensity, left and right by their own, and their slopes tilt the normals: no vertex moves. Valleys
see less light, and what they see has bounced off skin; blood rises with effort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.spatial import cKDTree

from painctl.appearance.noise import step
from painctl.appearance.reflectance import skin_colour
from painctl.appearance.sample import sample
from painctl.appearance.texels import texels
from painctl.draw import draws
from painctl.face.landmarks import MIRROR
from painctl.shard.records import Identity, Topology
from painctl.shard.schema import ACTION_UNITS

SIZE = 1024  # texels of the whole texture; only those about the folds are kept
HIGHEST = 5.0  # FACS intensity E
_STEEPEST = 1.1  # slope that no fold exceeds
SHADE = np.array((0.52, 0.61, 0.63), np.float32)  # share of light that a deep valley loses, by red, green and blue
_DEEP = 4e-4  # metres below its surroundings at which a valley has most of its shade
_FLUSH = 1.4  # times the blood of the calm face, at the strongest pain where it shows most
_MIDDLE = 0.004  # metres about the midline where left and right blend
_NOTHING = 1e-6  # metres that are no fold
_SAMPLES = 48  # along a fold


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
        corners = vertices[topology.faces[topology.landmark_faces]]
        marks = np.einsum("kc,kcd->kd", topology.landmark_barycentric, corners)
        calm = member[:, 0] * (1 - step(member[:, 1], 0.1, 0.5))
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
            picture(np.clip(points[:, 0] / _MIDDLE, -1, 1)),
            picture(red * calm),
            run,
            left,
            top,
            (after / before).astype(np.float32),
        )

    def height(self, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """The height field of an expression, metres [H, W]; arguments as for `creases`."""
        total = np.zeros_like(self.lean)
        for height, unit, lopsided in zip(self.heights, units, asymmetry, strict=False):
            if unit:
                total += height * (np.float32(unit / HIGHEST) * (1 + np.float32(lopsided) * self.lean))
        return total

    def creases(self, units: np.ndarray, asymmetry: np.ndarray) -> Creases:
        """The creases of action units [6] in the order of `ACTION_UNITS`, intensities 0..5, AU43 making none.

        `asymmetry` [6]: a unit acts on the left with (1 + a) of its intensity, on the right with (1 - a).
        """
        height = self.height(units, asymmetry)
        along, down = (np.gradient(height, axis=axis) / run for axis, run in zip((1, 0), self.texel, strict=True))
        slopes = [np.clip(slope, -_STEEPEST, _STEEPEST) for slope in (along, -down)]
        au4, au6, au7, au9, au10 = (float(unit) for unit in units[:5])
        effort = (au4 + max(au6, au7) + max(au9, au10)) / (3 * HIGHEST)
        picture = np.stack([*slopes, depth_shade(height), np.float32(effort) * self.flush], 2, dtype=np.float32)
        return Creases(picture, self.left, self.top, self.flushed)


def depth_shade(height: np.ndarray) -> np.ndarray:
    """How much of the full shade of a valley, 0..1, lies at a height in metres; of light, that takes `SHADE`."""
    return 1 - np.exp(-((np.minimum(height, 0) / np.float32(_DEEP)) ** 2))


def unit_folds(person: Identity, points: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Heights [5, N] in metres that AU4, AU6, AU7, AU9 and AU10 at their strongest fold into skin at `points` [N, 3].

    `marks` [68, 3] are the landmarks. A person has the same folds whatever the points.
    """
    skin, heights = Skin(points, _years(person.age)), []
    left = 0.5 + 0.5 * np.clip(points[:, 0] / _MIDDLE, -1, 1)
    for name, unit in zip(ACTION_UNITS, _UNITS, strict=False):
        skin.generator = draws(person.seed, person.identity, f"appearance/wrinkles/{name}")
        # a unit draws one side, with the landmarks there as if on the right
        heights.append(unit(skin, marks, -1.0) * (1 - left) + unit(skin, marks[MIRROR], 1.0) * left)
    return np.stack(heights)


class Skin:
    """Texels of skin [N, 3], metres, of an age of 0..1, and the generator that varies the folds drawn on it."""

    generator: np.random.Generator

    def __init__(self, points: np.ndarray, age: float) -> None:
        self.points, self.age = points, age
        self._columns = np.ascontiguousarray(points.T)
        ahead = points[points[:, 2] > -0.05][::3]
        self._front, self._surface = cKDTree(ahead[:, :2]), ahead

    def near(self, spread: float) -> float:
        """A normal draw, cut at two deviations."""
        return spread * float(np.clip(self.generator.standard_normal(), -2, 2))

    def fold(
        self,
        path: Sequence[Sequence[float]],
        depth: float,
        width: float,
        ridges: tuple[float, float] = (0.35, 0.35),
        towards: Sequence[float] = (1, 0),
        ends: tuple[float, float] = (0.25, 0.25),
    ) -> np.ndarray:
        """Heights [N] of one fold in metres: a valley along `path`, points (x, y) that are put onto the skin.

        Across it, at distance q, positive `towards` (x, y), the height over `depth` is -exp(-(|q| / w)^1.5), sharper
        below than above as skin folds are, and two `ridges`, the first on the positive side,
        exp(-((|q| - 2.1 w) / 1.5 w)^2). It fades over a
        share of its length at either of its `ends`.
        """
        line, along = self._line(np.array(path, float))
        reach = 5 * width
        low, high = line.min(0) - reach, line.max(0) + reach
        x, y, _ = self._columns
        near = np.flatnonzero((x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1]))
        distance, nearest = cKDTree(line).query(self.points[near], distance_upper_bound=reach)
        near, distance, nearest = (values[distance < reach] for values in (near, distance, nearest))
        side = (self.points[near] - line[nearest])[:, :2] @ np.array(towards, float) > 0
        q = distance / width
        profile = np.where(side, *ridges) * np.exp(-(((q - 2.1) / 1.5) ** 2)) - np.exp(-(q**1.5))
        profile *= step(1 - distance / reach, 0, 0.3)
        start, end = (step(share, -1e-9, fade) for share, fade in zip((along, 1 - along), ends, strict=True))
        strength = start * end * (1 + 0.15 * np.sin(2 * np.pi * (1.7 * along + self.generator.random())))
        heights = np.zeros(len(self.points))
        heights[near] = depth * strength[nearest] * profile
        return heights

    def bulge(self, centre: Sequence[float], height: float, reach: Sequence[float]) -> np.ndarray:
        """Heights [N] of skin bunched about (x, y), a Gaussian of `reach` (x, y) metres."""
        x, y, z = self._columns
        ahead = step(z, -0.02, 0.0)
        return height * np.exp(-(((x - centre[0]) / reach[0]) ** 2) - ((y - centre[1]) / reach[1]) ** 2) * ahead

    def hollow(self, y: float, start: float, end: float) -> float:
        """Where at height y, between x = start and end, the skin lies deepest below its chord: beside the nose."""
        x = np.linspace(start, end, _SAMPLES)
        z = self._surface[self._front.query(np.column_stack([x, np.full_like(x, y)]))[1], 2]
        return float(x[np.argmax(np.linspace(z[0], z[-1], _SAMPLES) - z)])

    def _line(self, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A smooth curve through the path with a little sway, on the skin: [S, 3] metres; and 0..1 along it [S]."""
        along = np.linspace(0, 1, _SAMPLES)
        curve = make_interp_spline(np.linspace(0, 1, len(path)), path, min(3, len(path) - 1))(along)
        sway = 4e-4 * np.sin(2 * np.pi * (along * self.generator.uniform(0.7, 1.8) + self.generator.random()))
        tangent = np.gradient(curve, axis=0)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        curve = curve + sway[:, None] * tangent[:, ::-1] * (-1, 1)
        z = self._surface[self._front.query(curve)[1], 2]
        soft = np.convolve(np.pad(z, 2, mode="edge"), np.full(5, 0.2), "valid")
        return np.column_stack([curve, soft]), along


def _years(age: float) -> float:
    """How far age deepens folds: 0 at 20 years, 1 at 80."""
    return float(np.clip((age - 20) / 60, 0, 1))


def _about(points: np.ndarray, centre: np.ndarray, reach: float) -> np.ndarray:
    return np.exp(-(((points - centre) / reach) ** 2).sum(1))


def _brow_lowerer(skin: Skin, marks: np.ndarray, out: float) -> np.ndarray:
    """AU4: a furrow that rises from the inner end of the brow and leans outwards, skin bunched beside and above it."""
    x, y = out * np.abs(marks[21, 0]), marks[21, 1]
    deep, thin = 10e-4 + 4e-4 * skin.age, 2.0e-3 - 3e-4 * skin.age
    start, lean = 0.55 + skin.near(0.08), 0.28 + skin.near(0.08)
    top = y + 0.013 + skin.near(0.002)
    main = [(start * x, y - 0.009), ((start + 0.02) * x, y + 0.001), ((start + lean) * x, top)]
    heights = skin.fold(main, deep * (1 + skin.near(0.12)), thin, (0.6, 0.5), (out, 0))
    outer = [(1.35 * x, y + 0.005), (1.5 * x, y + 0.011), (1.8 * x, y + 0.0165)]
    heights += skin.fold(outer, deep * np.clip(0.22 + skin.near(0.09), 0, 1), 1.4 * thin, (0.5, 0.6), (out, 0))
    across = [(-out * _MIDDLE, y - 0.0115), (0.5 * x, y - 0.0112), (0.95 * x, y - 0.0085)]
    heights += skin.fold(across, 0.45 * deep, thin, towards=(0, 1), ends=(0, 0.3))
    return heights + skin.bulge((1.2 * x, y + 0.003), 1.1 * deep, (0.006, 0.006))


def _cheek_raiser(skin: Skin, marks: np.ndarray, out: float) -> np.ndarray:
    """AU6: crow's feet that fan out from the outer corner of the eye, and the line between lower lid and cheek."""
    (x, y), inner, lower = marks[36, :2], marks[39, :2], marks[41, 1]
    deep = 4.2e-4 + 3.6e-4 * skin.age
    count = 4 + int(skin.age > 0.55)
    heights = np.zeros(len(skin.points))
    for number, angle in enumerate(np.radians(np.linspace(32, -44, count))):
        turn = angle + skin.near(0.09)
        near = 0.0065 + skin.near(0.0008)
        far = 0.023 + 0.003 * skin.age + skin.near(0.0022) - 0.002 * abs(number - count // 2)
        # the temple turns away, so lengths shrink across; feet bend with the muscle that rings the eye
        legs = [
            (r * np.cos(turn) * (1 - 9 * r), r * np.sin(turn) - bend * 0.12 * r)
            for r, bend in ((near, 0), ((near + far) / 2, -0.6), (far, 1))
        ]
        foot = [(x + out * across, y + up) for across, up in legs]
        heights += skin.fold(foot, deep * (0.85 + skin.near(0.2)), 1.5e-3, (0.3, 0.3), (0, 1), (0.3, 0.5))
    line = [
        (inner[0] - out * 0.001, lower - 0.0060),
        (inner[0] + out * 0.009, lower - 0.0105),
        (x - out * 0.006, lower - 0.0105),
        (x + out * 0.006, lower - 0.0050),
    ]
    heights += skin.fold(line, 1.9 * deep, 2.3e-3, (0.7, 0.15), (0, -1))
    fine = [(x - out * 0.012, lower - 0.0058), (x - out * 0.003, lower - 0.0050), (x + out * 0.007, lower - 0.0015)]
    heights += skin.fold(fine, 0.8 * deep, 1.2e-3, towards=(0, -1))
    return heights + skin.bulge((x - out * 0.006, lower - 0.018), 3.0 * deep, (0.014, 0.006))


def _lid_tightener(skin: Skin, marks: np.ndarray, out: float) -> np.ndarray:
    """AU7: the lower lid rolls up against the eye, with a crease below the roll and a finer one under it."""
    outer, inner, lower = marks[36], marks[39], marks[40:42, 1].mean()
    deep = 9.5e-4 + 3.2e-4 * skin.age

    def below(metres: float) -> list[tuple[float, float]]:
        third = (outer[0] - inner[0]) / 3
        return [
            (inner[0] + 0.15 * third, inner[1] - 0.6 * metres),
            (inner[0] + third, lower - metres),
            (outer[0] - 0.9 * third, lower - metres),
            (outer[0] + out * 0.002, outer[1] - 0.75 * metres),
        ]

    heights = skin.fold(below(0.0043 + skin.near(3e-4)), deep, 1.4e-3, (0.2, 0.65), (0, -1))
    heights += skin.fold(below(0.0068 + skin.near(4e-4)), 0.6 * deep, 1.3e-3, towards=(0, -1))
    corner = [(outer[0] + out * 0.002, outer[1] - 0.001), (outer[0] + out * 0.009, outer[1] - 0.0025)]
    return heights + skin.fold(corner, 0.6 * deep, 1.0e-3, towards=(0, 1))


def _nose_wrinkler(skin: Skin, marks: np.ndarray, out: float) -> np.ndarray:
    """AU9: lines across the root of the nose, slanting ones down its sides, and the top of the wing's crease."""
    root, brow = marks[27, 1], marks[21, 1]
    canthus, wing = marks[39], marks[31]
    deep = 6.5e-4 + 3.0e-4 * skin.age
    wide = abs(float(canthus[0]))
    heights = np.zeros(len(skin.points))
    for height, strength in ((0.45, 0.8), (-0.05, 1.15), (-0.6, 0.7)):
        y = root + height * (brow - root)
        line = [
            (-out * _MIDDLE, y),
            (out * 0.24 * wide, y + 0.0003),
            (out * (0.5 + skin.near(0.06)) * wide, y + 0.0022),
        ]
        heights += skin.fold(line, strength * deep, 1.7e-3, (0.45, 0.45), (0, 1), (0, 0.3))
    for number in range(2 + int(skin.age > 0.5)):
        y = marks[28, 1] + 0.001 - 0.0078 * number + skin.near(1e-3)
        slant = 0.0055 + skin.near(1.2e-3)
        start, far = (0.30 + skin.near(0.04)) * wide, (0.72 + 0.05 * number + skin.near(0.06)) * wide
        line = [(out * start, y - 0.001), (out * (start + far) / 2, y + 0.3 * slant), (out * far, y + slant)]
        heights += skin.fold(
            line, (0.85 - 0.2 * number + skin.near(0.15)) * deep, 1.7e-3, (0.5, 0.5), (0, 1), (0.4, 0.4)
        )
    side = out * abs(float(wing[0]))
    beside = skin.hollow(wing[1] + 0.006, 0.7 * side, 2.8 * side)
    crease = [(beside - out * 0.004, wing[1] + 0.017), (beside, wing[1] + 0.009), (beside + out * 0.0015, wing[1])]
    return heights + skin.fold(crease, 1.1 * deep, 1.9e-3, (0.5, 0.1), (out, 0))


def _lip_raiser(skin: Skin, marks: np.ndarray, out: float) -> np.ndarray:
    """AU10: the nasolabial fold, deepest beside the wing of the nose, the cheek pushed up over it."""
    wing, corner = marks[31, :2], marks[48, :2]
    side = out * abs(float(wing[0]))
    deep = 1.0e-3 + 4.0e-4 * skin.age
    beside = skin.hollow(wing[1] + 0.005, 0.7 * side, 2.8 * side)
    middle = 0.45 * wing[1] + 0.55 * corner[1]
    line = [
        (beside + out * 0.0005, wing[1] + 0.013),
        (beside + out * 0.0040, wing[1] + 0.004),
        (0.5 * (beside + corner[0]) + out * 0.0078, middle),
        (corner[0] + out * (0.0095 + skin.near(0.001)), corner[1] - 0.003),
    ]
    heights = skin.fold(line, deep * (1 + skin.near(0.1)), 2.5e-3, (0.85, 0.1), (out, 0.5), (0.2, 0.5))
    return heights + skin.bulge((beside + out * 0.010, wing[1] + 0.007), 1.6 * deep, (0.007, 0.010))


_UNITS = (_brow_lowerer, _cheek_raiser, _lid_tightener, _nose_wrinkler, _lip_raiser)
