"""The folds of facial actions beside the six units: for each a height field on the neutral head, at strength 1.

Which action makes which fold follows the appearance changes of the Facial Action Coding System (Ekman, Friesen and
Hager, 2002): AU1 lines the middle of the forehead and AU2 its sides, AU12 deepens the nasolabial fold and may dimple
the cheek beside the corner of the mouth, AU15 creases the skin below the corners, AU17 wrinkles the chin and deepens
the furrow under the lower lip, AU18 lines the skin around the lips. Depths are in the range of those of unit_folds.py.
Lengths are metres.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from painctl.appearance.folds import Skin
from painctl.appearance.noise import field
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.unit_folds import MIDDLE, years
from painctl.face.landmarks import MIRROR
from painctl.records import Identity
from painctl.runs.draws import draws

_MOST = 1.2  # share of the depth at strength 1 beyond which folds deepen no more


def other_folds(person: Identity, points: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Heights [F, N] in metres of the folds of other actions, at `points` [N, 3] of skin; rows as in `fold_shares`.

    `landmarks` [68, 3] are those of the head.
    """
    skin, heights = Skin(points, years(person.age)), []
    left = 0.5 + 0.5 * np.clip(points[:, 0] / MIDDLE, -1, 1)
    for name, (_, fold) in _FOLDS.items():
        skin.generator = draws(person.seed, person.identity, f"appearance/wrinkles/{name}")
        heights.append(fold(skin, landmarks, -1.0) * (1 - left) + fold(skin, landmarks[MIRROR], 1.0) * left)
    return np.stack(heights)


def fold_shares(activations: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The depth of each fold relative to that at strength 1, left and right: float32 [F, 2].

    `activations` [A] are those of the head's actions `names` [A]; the rows are one for each shape that folds the skin.
    """
    amounts = dict(zip(names, activations.tolist(), strict=True))
    shares = [
        [amounts.get(shape, amounts.get(f"{shape}{side}", 0.0)) / full for side in ("Left", "Right")]
        for shape, (full, _) in _FOLDS.items()
    ]
    return np.clip(shares, 0, _MOST).astype(np.float32)


def _inner_brow(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU1: lines across the middle of the forehead, which rise towards the midline."""
    return _forehead(skin, landmarks, outward, (-0.15, 0.25, 0.62), (0.0020, 0.0008, -0.0022), (0, 0.45))


def _outer_brow(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU2: lines across the side of the forehead, arched as the brow is."""
    return _forehead(skin, landmarks, outward, (0.28, 0.65, 1.0), (-0.0004, 0.0012, -0.0024), (0.4, 0.35))


def _forehead(
    skin: Skin,
    landmarks: np.ndarray,
    outward: float,
    across: tuple[float, float, float],
    rise: tuple[float, float, float],
    ends: tuple[float, float],
) -> np.ndarray:
    """Lines through three points: `across` in half widths of the forehead, `rise` above the height of the line."""
    brow, wide = landmarks[[19, 24], 1].mean(), abs(float(landmarks[17, 0]))
    deep = 4.8e-4 + 4.0e-4 * skin.age
    heights = np.zeros(len(skin.points))
    for number, strength in enumerate((0.75, 1.0, 0.8, 0.6 * skin.age)):
        y = brow + 0.0145 + 0.0078 * number + skin.jitter(5e-4)  # as the lines of age, see relief.py
        reach = (1 - 0.06 * number + skin.jitter(0.05)) * wide * outward
        line = [(share * reach, y + up + skin.jitter(4e-4)) for share, up in zip(across, rise, strict=True)]
        depth = strength * deep * (1 + skin.jitter(0.25))
        heights += skin.fold(line, depth, 2.0e-3, (0.5, 0.5), (0, 1), ends)
    return heights


def _smile(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU12: the nasolabial fold, carried outwards and below the corner of the mouth, a crease or dimple beside it."""
    wing, corner = landmarks[31, :2], landmarks[48, :2]
    side = outward * abs(float(wing[0]))
    deep = 9.0e-4 + 4.0e-4 * skin.age
    beside = skin.hollow(wing[1] + 0.005, 0.7 * side, 2.8 * side)
    line = [
        (beside + outward * 0.0005, wing[1] + 0.011),
        (0.75 * beside + 0.25 * corner[0] + outward * 0.0015, 0.75 * wing[1] + 0.25 * corner[1]),
        (corner[0] + outward * (0.0065 + skin.jitter(8e-4)), corner[1] + 0.0005),
        (corner[0] + outward * (0.0105 + skin.jitter(0.001)), corner[1] - 0.015),
    ]
    heights = skin.fold(line, deep * (1 + skin.jitter(0.1)), 3.2e-3, (0.8, 0.1), (outward, 0.5), (0.25, 0.5))
    dimple = [
        (corner[0] + outward * 0.0025, corner[1] + 0.005),
        (corner[0] + outward * 0.0040, corner[1]),
        (corner[0] + outward * 0.0030, corner[1] - 0.005),
    ]
    shallow = deep * float(skin.generator.uniform(0.1, 0.45))
    heights += skin.fold(dimple, shallow, 2.0e-3, (0.6, 0.2), (outward, 0), (0.45, 0.45))
    return heights + skin.bulge((corner[0] + outward * 0.012, wing[1] + 0.006), 1.8 * deep, (0.012, 0.011))


def _corner_depressor(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU15: a line down from the corner of the mouth, skin pouched beside it, some of the furrow under the lip."""
    corner = landmarks[48, :2]
    deep = 4.5e-4 + 3.5e-4 * skin.age
    line = [
        (corner[0] + outward * 0.0045, corner[1] - 0.001),
        (corner[0] + outward * 0.0065, corner[1] - 0.009),
        (corner[0] + outward * (0.0070 + skin.jitter(0.001)), corner[1] - 0.020),
    ]
    heights = skin.fold(line, deep * (1 + skin.jitter(0.12)), 2.8e-3, (0.7, 0.2), (outward, 0), (0.4, 0.6))
    heights += skin.bulge((corner[0] + outward * 0.011, corner[1] - 0.009), 2 * deep, (0.006, 0.008))
    return heights + 0.6 * _furrow(skin, landmarks, outward)


def _chin_raiser(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU17: a deep furrow under the lower lip, and a chin that bunches up and dimples like orange peel."""
    lip, chin = landmarks[57, 1], landmarks[8, 1]
    x, y, z = skin.points.T
    middle = 0.36 * lip + 0.64 * chin
    pad = np.exp(-((x / 0.015) ** 2) - ((y - middle) / 0.011) ** 2) * smoothstep(z, -0.02, 0.0)
    near = np.flatnonzero(pad > 0.02)
    peel = np.zeros(len(pad))
    peel[near] = field(skin.generator, np.ascontiguousarray(skin.points[near].T), 0.0032)
    dimples = (4.5e-4 + 1.0e-4 * skin.age) * np.minimum(peel, 0.6) * pad
    return _furrow(skin, landmarks, outward) + dimples + skin.bulge((0, middle), 1.0e-3, (0.012, 0.008))


def _furrow(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """The furrow between lower lip and chin, an arch that is highest at the midline."""
    lip, chin, corner = landmarks[57, 1], landmarks[8, 1], landmarks[48, 0]
    y = lip - 0.24 * (lip - chin)
    line = [(-outward * MIDDLE, y), (0.35 * corner, y - 0.0004), (0.82 * corner, y - 0.0050)]
    deep = 9.5e-4 + 3e-4 * skin.age
    return skin.fold(line, deep * (1 + skin.jitter(0.1)), 2.8e-3, (0.1, 0.6), (0, 1), (0, 0.45))


def _pucker(skin: Skin, landmarks: np.ndarray, outward: float) -> np.ndarray:
    """AU18: fine lines that run away from the lips, more of them and deeper with age."""
    deep = 2.8e-4 + 4.6e-4 * skin.age
    heights = np.zeros(len(skin.points))
    rims = ((landmarks[[51, 50, 49]], 1.0, (0.25, 0.75, 1.3, 1.75)), (landmarks[[57, 58, 59]], -1.0, (0.3, 0.95, 1.6)))
    for rim, up, places in rims:
        for place in places:
            x, y = (np.interp(place + skin.jitter(0.08), range(3), rim[:, axis]) for axis in (0, 1))
            length = up * (0.0085 + skin.jitter(0.0012))
            lean = 1 + 0.16 * place
            line = [(x, y + 0.1 * length), (0.5 * (1 + lean) * x, y + 0.6 * length), (lean * x, y + length)]
            depth = deep * (0.9 + skin.jitter(0.3))
            heights += skin.fold(line, depth, 1.4e-3, (0.4, 0.4), (outward, 0), (0.1, 0.6))
    return heights


# The shapes that fold the skin, their activation at strength 1 of the action that is theirs, and their folds. A shape
# without Left or Right stands for both sides.
_FOLDS: dict[str, tuple[float, Callable[[Skin, np.ndarray, float], np.ndarray]]] = {
    "browInnerUp": (1.9, _inner_brow),
    "browOuterUp": (1.2, _outer_brow),
    "mouthSmile": (0.9, _smile),
    "mouthFrown": (1.6, _corner_depressor),
    "mouthShrugLower": (1.1, _chin_raiser),
    "mouthPucker": (1.3, _pucker),
}
