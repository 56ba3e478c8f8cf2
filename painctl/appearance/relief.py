"""Fine shape and gloss: pores and the wrinkles of age as a normal map, and roughness by region.

Heights are metres: pores are 30 to 60 micrometres deep, wrinkles in old age up to half a millimetre (Igarashi, Nishino
and Nayar, "The appearance of human skin", 2007). Expressions leave their folds in an ageing face: most static wrinkles
are a share of the folds of unit_folds.py; the rest are lines across the forehead and the neck. Roughness follows
Weyrich et al. 2006: forehead, nose and lips shine, cheeks less.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.folds import Skin
from painctl.appearance.noise import field, grain
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.texture_space import TextureSpace
from painctl.appearance.unit_folds import unit_folds

_STEEPEST = 0.7  # slope, to which folds are clipped
# Share of the folds of AU4, AU6, AU7, AU9 and AU10 that remain at age 80: little of a frown, or old faces at rest look
# displeased.
_RESIDUE = (0.06, 0.60, 0.15, 0.03, 0.45)


def normal_map(space: TextureSpace, wrinkles: np.ndarray) -> np.ndarray:
    """Tangent-space normals as uint8 [T, T, 3]; `wrinkles` [C] are the heights from `static_wrinkles`."""
    generator = space.draws("relief")
    region = space.regions
    bare = 1 - np.clip(region["eyes"] + region["mouth_inside"] + region["sockets"], 0, 1)
    pores = 4e-5 * space.texels.gather(grain(generator, space.size, 1.6) + 1.5 * grain(generator, space.size, 4))
    pores *= 0.5 + 0.5 * region["face"] + 0.6 * region["nose"] + 0.3 * region["cheeks"]
    lips = smoothstep(region["lips"], 0.3, 0.8)
    pores = pores * (1 - 0.7 * lips) + 6e-5 * lips * _lip_lines(space, generator)
    slopes = _slopes(space, space.texels.picture(((pores + wrinkles) * bare).astype(np.float32)))
    normals = np.concatenate([-slopes, np.ones((*slopes.shape[:2], 1), np.float32)], 2)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    return np.rint(127.5 * (normals + 1)).astype(np.uint8)


def roughness_map(space: TextureSpace) -> np.ndarray:
    """GGX roughness as uint8 [T, T]."""
    region = space.regions
    generator = space.draws("roughness")
    rough = 0.54 + 0.03 * space.field(generator, 0.01) + 0.08 * region["neck"]
    rough -= 0.06 * region["forehead"] + 0.09 * region["nose"] + 0.13 * smoothstep(region["lips"], 0.2, 0.8)
    matte = 0.15 if space.person.haircut == "bald" else 0.46  # under hair
    rough += matte * smoothstep(region["scalp"], 0.3, 0.8) + 0.06 * space.ageing
    rough += 0.3 * smoothstep(region["brows"], 0.2, 0.8)
    rough = np.where(region["eyes"] > 0.5, 0.12, rough)
    wet = np.clip(space.wet_border + region["tongue"], 0, 1)
    rough = rough * (1 - wet) + 0.25 * wet
    return np.rint(255 * np.clip(space.texels.picture(rough.astype(np.float32)), 0.05, 1)).astype(np.uint8)


def _lip_lines(space: TextureSpace, generator: np.random.Generator) -> np.ndarray:
    """Fine vertical creases of the lips, roughly normal with standard deviation 1 [C]."""
    lips = np.flatnonzero(space.regions["lips"] > 0.3)
    stretched = np.ascontiguousarray((space.points[lips] * np.array((1, 0.12, 0.12), np.float32)).T)
    return space.scatter(lips, field(generator, stretched, 0.0011))


def static_wrinkles(space: TextureSpace) -> np.ndarray:
    """Height of the wrinkles of a face at rest, metres [C]."""
    if not space.ageing:
        return np.zeros(len(space.points), np.float32)
    generator = space.draws("wrinkles")
    region = space.regions
    creased = np.flatnonzero((region["face"] + region["neck"] > 0.05) & (space.points[:, 2] > -0.07))
    points = space.points[creased]
    face, neck, forehead, lips = (region[name][creased] for name in ("face", "neck", "forehead", "lips"))
    folds = unit_folds(space.person, points, space.landmarks)
    residue = np.array(_RESIDUE) * np.clip(generator.normal(1, 0.35, 5), 0.3, 1.7)
    face = face * (1 - smoothstep(lips, 0.1, 0.5))
    height = residue @ folds * face
    skin = Skin(points, 1.0)
    skin.generator = generator
    height += generator.uniform(0.8, 1.7) * _forehead_lines(skin, space.landmarks) * forehead
    height += _neck_lines(skin, space.landmarks) * neck
    fine = field(generator, np.ascontiguousarray(points.T), 0.0022)
    return space.scatter(creased, space.ageing * (height + 4.5e-5 * fine * face))


def _forehead_lines(skin: Skin, landmarks: np.ndarray) -> np.ndarray:
    """Lines left by the frontalis muscle: across the forehead along the arch of the brows, broken and uneven."""
    brow, wide = landmarks[[19, 24], 1].mean(), abs(landmarks[17, 0])
    heights = np.zeros(len(skin.points))
    for number in range(3 + int(skin.generator.random() < 0.5)):
        y = brow + 0.0145 + 0.0078 * number + skin.jitter(0.0006)
        for side in (-1.0, 1.0):
            reach = (0.80 - 0.09 * number + skin.jitter(0.05)) * wide
            path = [
                (-side * 0.15 * reach, y + skin.jitter(4e-4)),
                (side * 0.45 * reach, y + 0.0022),
                (side * reach, y - 0.002),
            ]
            heights += skin.fold(path, 3.8e-4 * (1 + skin.jitter(0.2)), 1.5e-3, (0.5, 0.5), (0, 1), (0.3, 0.35))
    return heights


def _neck_lines(skin: Skin, landmarks: np.ndarray) -> np.ndarray:
    """Rings around the neck where it bends."""
    chin = landmarks[8, 1]
    heights = np.zeros(len(skin.points))
    for number in range(3):
        y = chin - 0.022 - 0.014 * number + skin.jitter(0.002)
        path = [
            (-0.045, y + 0.008),
            (-0.015, y + skin.jitter(0.001)),
            (0.015, y + skin.jitter(0.001)),
            (0.045, y + 0.008),
        ]
        heights += skin.fold(path, 4e-4, 2.2e-3, (0.4, 0.4), (0, 1))
    return heights


def _slopes(space: TextureSpace, height: np.ndarray) -> np.ndarray:
    """Slope of the height [T, T] along u and v, [T, T, 2]; the size of a texel in metres is measured on the head."""
    points = space.texels.picture(space.points)
    slopes = []
    for axis, sign in ((1, 1.0), (0, -1.0)):
        rise = np.gradient(height, axis=axis)
        run = np.linalg.norm(np.gradient(points, axis=axis), axis=2)
        flat = (run < 2e-5) | (run > 2e-3)  # beyond an island's border
        slopes.append(sign * np.where(flat, 0, rise / np.maximum(run, 2e-5)))
    return np.clip(np.stack(slopes, 2), -_STEEPEST, _STEEPEST).astype(np.float32)
