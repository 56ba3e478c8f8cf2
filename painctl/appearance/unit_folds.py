"""What action units fold: for each a height field on the neutral head, deepest at its strongest.

Folds run where muscles pull skin together. Which one belongs to which unit follows the appearance changes of the Facial
Action Coding System (Ekman, Friesen and Hager, 2002): AU4 furrows between the brows, AU6 crow's feet and the line under
the eye, AU7 the crease of the lower lid, AU9 lines across the root and down the sides of the nose, AU10 the nasolabial
fold. Depths reach a millimetre, as deep facial furrows do (Lemperle et al., "A classification of facial wrinkles",
2001), less in the young. Lengths are metres.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.folds import Skin
from painctl.face.landmarks import MIRROR
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import Identity
from painctl.runs.draws import draws

MIDDLE = 0.004  # about the midline where left and right blend


def unit_folds(person: Identity, points: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Heights [5, N] in metres that AU4, AU6, AU7, AU9 and AU10 at their strongest fold into skin at `points` [N, 3].

    `marks` [68, 3] are the landmarks. A fold lies on the skin as the points tell of it: among coarse ones it strays.
    """
    skin, heights = Skin(points, _years(person.age)), []
    left = 0.5 + 0.5 * np.clip(points[:, 0] / MIDDLE, -1, 1)
    for name, unit in zip(ACTION_UNITS, _UNITS, strict=False):
        skin.generator = draws(person.seed, person.identity, f"appearance/wrinkles/{name}")
        # a unit draws one side, with the landmarks there as if on the right
        heights.append(unit(skin, marks, -1.0) * (1 - left) + unit(skin, marks[MIRROR], 1.0) * left)
    return np.stack(heights)


def _years(age: float) -> float:
    """How far age deepens folds: 0 at 20 years, 1 at 80."""
    return float(np.clip((age - 20) / 60, 0, 1))


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
    across = [(-out * MIDDLE, y - 0.0115), (0.5 * x, y - 0.0112), (0.95 * x, y - 0.0085)]
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
            (-out * MIDDLE, y),
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
