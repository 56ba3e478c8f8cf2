"""The folds of action units: for each unit a height field on the neutral head, at the highest intensity.

Folds form where muscles push skin together. Which unit makes which fold follows the appearance changes of the Facial
Action Coding System (Ekman, Friesen and Hager, 2002): AU4 furrows between the brows, AU6 crow's feet and the line under
the eye, AU7 the crease of the lower lid, AU9 lines across the root and down the sides of the nose, AU10 the nasolabial
fold. Depths reach a millimetre, as in deep facial furrows (Lemperle et al., "A classification of facial wrinkles",
2001), less in the young. Lengths are metres.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.folds import Skin
from painctl.face.landmarks import MIRROR
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import Identity
from painctl.runs.draws import draws

MIDDLE = 0.004  # half the width of the band at the midline in which left and right blend


def unit_folds(person: Identity, points: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Heights [5, N] in metres of the folds of AU4, AU6, AU7, AU9 and AU10 at intensity 5, at `points` [N, 3] of skin.

    `landmarks` [68, 3] are those of the head. Folds are projected onto the points, so coarse points displace them.
    """
    skin, heights = Skin(points, years(person.age)), []
    left = 0.5 + 0.5 * np.clip(points[:, 0] / MIDDLE, -1, 1)
    for name, unit in zip(ACTION_UNITS, _UNITS, strict=False):
        skin.generator = draws(person.seed, person.identity, f"appearance/wrinkles/{name}")
        # a unit draws one side, from landmarks numbered as on the right; `outward` is the sign of x on that side
        heights.append(unit(skin, landmarks, -1.0) * (1 - left) + unit(skin, landmarks[MIRROR], 1.0) * left)
    return np.stack(heights)


def years(age: float) -> float:
    """How far age deepens folds: 0 at 20 years, 1 at 80."""
    return float(np.clip((age - 20) / 60, 0, 1))


def _brow_lowerer(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU4: a furrow that rises from the inner end of the brow and leans outwards, skin bunched beside and above it."""
    x, y = outward * np.abs(landmarks[21, 0]), landmarks[21, 1]
    deep, thin = 10e-4 + 4e-4 * skin.age, 2.0e-3 - 3e-4 * skin.age
    start, lean = 0.55 + skin.jitter(0.08), 0.28 + skin.jitter(0.08)
    top = y + 0.013 + skin.jitter(0.002)
    main = [(start * x, y - 0.009), ((start + 0.02) * x, y + 0.001), ((start + lean) * x, top)]
    heights = skin.fold(main, deep * (1 + skin.jitter(0.12)), thin, (0.6, 0.5), (outward, 0))
    outer = [(1.35 * x, y + 0.005), (1.5 * x, y + 0.011), (1.8 * x, y + 0.0165)]
    heights += skin.fold(outer, deep * np.clip(0.22 + skin.jitter(0.09), 0, 1), 1.4 * thin, (0.5, 0.6), (outward, 0))
    across = [(-outward * MIDDLE, y - 0.0115), (0.5 * x, y - 0.0112), (0.95 * x, y - 0.0085)]
    heights += skin.fold(across, 0.45 * deep, thin, towards=(0, 1), ends=(0, 0.3))
    return heights + skin.bulge((1.2 * x, y + 0.003), 1.1 * deep, (0.006, 0.006))


def _cheek_raiser(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU6: crow's feet that fan out from the outer corner of the eye, and the line between lower lid and cheek."""
    (x, y), inner, lower = landmarks[36, :2], landmarks[39, :2], landmarks[41, 1]
    deep = 6.2e-4 + 2.4e-4 * skin.age
    count = 4 + int(skin.age > 0.55)
    heights = np.zeros(len(skin.points))
    for number, angle in enumerate(np.radians(np.linspace(32, -44, count))):
        turn = angle + skin.jitter(0.09)
        near = 0.0065 + skin.jitter(0.0008)
        far = 0.023 + 0.003 * skin.age + skin.jitter(0.0022) - 0.002 * abs(number - count // 2)
        # the temple turns away, so lengths shrink across; feet bend with the muscle that rings the eye
        legs = [
            (r * np.cos(turn) * (1 - 9 * r), r * np.sin(turn) - bend * 0.12 * r)
            for r, bend in ((near, 0), ((near + far) / 2, -0.6), (far, 1))
        ]
        foot = [(x + outward * across, y + up) for across, up in legs]
        heights += skin.fold(foot, deep * (0.85 + skin.jitter(0.2)), 1.5e-3, (0.3, 0.3), (0, 1), (0.3, 0.5))
    line = [
        (inner[0] - outward * 0.001, lower - 0.0060),
        (inner[0] + outward * 0.009, lower - 0.0105),
        (x - outward * 0.006, lower - 0.0105),
        (x + outward * 0.006, lower - 0.0050),
    ]
    heights += skin.fold(line, 1.9 * deep, 2.5e-3, (0.7, 0.3), (0, -1), (0.15, 0.25))
    fine = [
        (x - outward * 0.012, lower - 0.0058),
        (x - outward * 0.003, lower - 0.0050),
        (x + outward * 0.007, lower - 0.0015),
    ]
    heights += skin.fold(fine, 0.9 * deep, 1.3e-3, towards=(0, -1))
    return heights + skin.bulge((x - outward * 0.006, lower - 0.018), 3.0 * deep, (0.014, 0.006))


def _lid_tightener(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU7: the lower lid rolls up against the eye, with a crease below the roll and a finer one under it."""
    outer, inner, lower = landmarks[36], landmarks[39], landmarks[40:42, 1].mean()
    deep = 9.5e-4 + 3.2e-4 * skin.age

    def below(metres: float) -> list[tuple[float, float]]:
        third = (outer[0] - inner[0]) / 3
        return [
            (inner[0] + 0.15 * third, inner[1] - 0.6 * metres),
            (inner[0] + third, lower - metres),
            (outer[0] - 0.9 * third, lower - metres),
            (outer[0] + outward * 0.002, outer[1] - 0.75 * metres),
        ]

    heights = skin.fold(below(0.0043 + skin.jitter(3e-4)), deep, 1.4e-3, (0.2, 0.65), (0, -1))
    heights += skin.fold(below(0.0068 + skin.jitter(4e-4)), 0.6 * deep, 1.3e-3, towards=(0, -1))
    corner = [(outer[0] + outward * 0.002, outer[1] - 0.001), (outer[0] + outward * 0.009, outer[1] - 0.0025)]
    return heights + skin.fold(corner, 0.6 * deep, 1.0e-3, towards=(0, 1))


def _nose_wrinkler(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU9: lines across the root of the nose, slanting ones down its sides, and the top of the wing's crease."""
    root, brow = landmarks[27, 1], landmarks[21, 1]
    canthus, wing = landmarks[39], landmarks[31]
    deep = 6.5e-4 + 3.0e-4 * skin.age
    wide = abs(float(canthus[0]))
    heights = np.zeros(len(skin.points))
    for height, strength in ((0.45, 0.8), (-0.05, 1.15), (-0.6, 0.7)):
        y = root + height * (brow - root)
        line = [
            (-outward * MIDDLE, y),
            (outward * 0.24 * wide, y + 0.0003),
            (outward * (0.5 + skin.jitter(0.06)) * wide, y + 0.0022),
        ]
        heights += skin.fold(line, strength * deep, 1.7e-3, (0.45, 0.45), (0, 1), (0, 0.3))
    for number in range(2 + int(skin.age > 0.5)):
        y = landmarks[28, 1] + 0.001 - 0.0078 * number + skin.jitter(1e-3)
        slant = 0.0055 + skin.jitter(1.2e-3)
        start, far = (0.30 + skin.jitter(0.04)) * wide, (0.72 + 0.05 * number + skin.jitter(0.06)) * wide
        line = [
            (outward * start, y - 0.001),
            (outward * (start + far) / 2, y + 0.3 * slant),
            (outward * far, y + slant),
        ]
        heights += skin.fold(
            line, (0.85 - 0.2 * number + skin.jitter(0.15)) * deep, 1.7e-3, (0.5, 0.5), (0, 1), (0.4, 0.4)
        )
    side = outward * abs(float(wing[0]))
    beside = skin.hollow(wing[1] + 0.006, 0.7 * side, 2.8 * side)
    crease = [
        (beside - outward * 0.004, wing[1] + 0.017),
        (beside, wing[1] + 0.009),
        (beside + outward * 0.0015, wing[1]),
    ]
    return heights + skin.fold(crease, 1.1 * deep, 1.9e-3, (0.5, 0.1), (outward, 0))


def _lip_raiser(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU10: the nasolabial fold, deepest beside the wing of the nose, the cheek pushed up over it."""
    wing, corner = landmarks[31, :2], landmarks[48, :2]
    side = outward * abs(float(wing[0]))
    deep = 1.0e-3 + 4.0e-4 * skin.age
    beside = skin.hollow(wing[1] + 0.005, 0.7 * side, 2.8 * side)
    middle = 0.45 * wing[1] + 0.55 * corner[1]
    line = [
        (beside + outward * 0.0005, wing[1] + 0.013),
        (beside + outward * 0.0040, wing[1] + 0.004),
        (0.5 * (beside + corner[0]) + outward * 0.0078, middle),
        (corner[0] + outward * (0.0095 + skin.jitter(0.001)), corner[1] - 0.003),
    ]
    heights = skin.fold(line, deep * (1 + skin.jitter(0.1)), 2.5e-3, (0.85, 0.1), (outward, 0.5), (0.2, 0.5))
    return heights + skin.bulge((beside + outward * 0.010, wing[1] + 0.007), 1.6 * deep, (0.007, 0.010))


_UNITS = (_brow_lowerer, _cheek_raiser, _lid_tightener, _nose_wrinkler, _lip_raiser)
