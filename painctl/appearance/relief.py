"""Fine shape and gloss: pores and the wrinkles of age as a normal map, and roughness by place.

Heights are metres: pores 30 to 60 micrometres deep, wrinkles of the old up to half a millimetre (Igarashi, Nishino
and Nayar, "The appearance of human skin", 2007). A face ages along the lines that it has folded along all its life:
most static wrinkles are what stays of the folds of expression (unit_folds.py), to which come lines across the forehead
and the neck. Roughness follows Weyrich et al. 2006: forehead, nose and lips shine, cheeks less.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.folds import Skin
from painctl.appearance.noise import field, grain, smoothstep
from painctl.appearance.texture_space import TextureSpace
from painctl.appearance.unit_folds import unit_folds

_STEEPEST = 0.7  # slope that no fold exceeds
_STAYS = (0.25, 0.45, 0.15, 0.10, 0.58)  # share of AU4, AU6, AU7, AU9 and AU10 at their strongest, at full age


def normal_map(canvas: TextureSpace, wrinkles: np.ndarray) -> np.ndarray:
    """Tangent-space normals as uint8 [T, T, 3]; `wrinkles` [C] are heights as of `static_wrinkles`."""
    generator = canvas.draws("relief")
    region = canvas.regions
    bare = 1 - np.clip(region["eyes"] + region["mouth_inside"] + region["sockets"], 0, 1)
    pores = 4e-5 * canvas.texels.gather(grain(generator, canvas.size, 1.6) + 1.5 * grain(generator, canvas.size, 4))
    pores *= 0.5 + 0.5 * region["face"] + 0.6 * region["nose"] + 0.3 * region["cheeks"]
    lips = smoothstep(region["lips"], 0.3, 0.8)
    pores = pores * (1 - 0.7 * lips) + 6e-5 * lips * _lip_lines(canvas, generator)
    slopes = _slopes(canvas, canvas.texels.picture(((pores + wrinkles) * bare).astype(np.float32)))
    normals = np.concatenate([-slopes, np.ones((*slopes.shape[:2], 1), np.float32)], 2)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    return np.rint(127.5 * (normals + 1)).astype(np.uint8)


def roughness_map(canvas: TextureSpace) -> np.ndarray:
    """GGX roughness as uint8 [T, T]."""
    region = canvas.regions
    generator = canvas.draws("roughness")
    rough = 0.54 + 0.03 * canvas.field(generator, 0.01) + 0.08 * region["neck"]
    rough -= 0.06 * region["forehead"] + 0.09 * region["nose"] + 0.13 * smoothstep(region["lips"], 0.2, 0.8)
    matt = 0.15 if canvas.person.haircut == "bald" else 0.46  # hair shades its own gloss
    rough += matt * smoothstep(region["scalp"], 0.3, 0.8) + 0.06 * canvas.elderly
    rough += 0.3 * smoothstep(region["brows"], 0.2, 0.8)
    rough = np.where(region["eyes"] > 0.5, 0.12, rough)
    wet = np.clip(region["mouth_inside"] + region["tongue"], 0, 1)
    rough = rough * (1 - wet) + 0.25 * wet
    return np.rint(255 * np.clip(canvas.texels.picture(rough.astype(np.float32)), 0.05, 1)).astype(np.uint8)


def _lip_lines(canvas: TextureSpace, generator: np.random.Generator) -> np.ndarray:
    """Fine creases that run up and down the lips, about normal with deviation 1 [C]."""
    here = np.flatnonzero(canvas.regions["lips"] > 0.3)
    flat = np.ascontiguousarray((canvas.points[here] * np.array((1, 0.12, 0.12), np.float32)).T)
    return canvas.on(here, field(generator, flat, 0.0011))


def static_wrinkles(canvas: TextureSpace) -> np.ndarray:
    """Height of the wrinkles of a face at rest, metres [C]."""
    if not canvas.elderly:
        return np.zeros(len(canvas.points), np.float32)
    generator = canvas.draws("wrinkles")
    region = canvas.regions
    here = np.flatnonzero((region["face"] + region["neck"] > 0.05) & (canvas.points[:, 2] > -0.07))
    points = canvas.points[here]
    face, neck, forehead, lips = (region[name][here] for name in ("face", "neck", "forehead", "lips"))
    folds = unit_folds(canvas.person, points, canvas.landmarks)
    stays = np.array(_STAYS) * np.clip(generator.normal(1, 0.25, 5), 0.5, 1.5)
    face = face * (1 - smoothstep(lips, 0.1, 0.5))
    height = stays @ folds * face
    skin = Skin(points, 1.0)
    skin.generator = generator
    height += _forehead_lines(skin, canvas.landmarks) * forehead + _neck_lines(skin, canvas.landmarks) * neck
    fine = field(generator, np.ascontiguousarray(points.T), 0.0022)
    return canvas.on(here, canvas.elderly * (height + 2e-5 * fine * face))


def _forehead_lines(skin: Skin, marks: np.ndarray) -> np.ndarray:
    """What the frontal muscle leaves: lines across the forehead that follow the brows' arch, broken and uneven."""
    brow, wide = marks[[19, 24], 1].mean(), abs(marks[17, 0])
    heights = np.zeros(len(skin.points))
    for number in range(3 + int(skin.generator.random() < 0.5)):
        y = brow + 0.0145 + 0.0078 * number + skin.near(0.0006)
        for side in (-1.0, 1.0):
            reach = (0.80 - 0.09 * number + skin.near(0.05)) * wide
            path = [
                (-side * 0.15 * reach, y + skin.near(4e-4)),
                (side * 0.45 * reach, y + 0.0022),
                (side * reach, y - 0.002),
            ]
            heights += skin.fold(path, 3.8e-4 * (1 + skin.near(0.2)), 1.5e-3, (0.5, 0.5), (0, 1), (0.3, 0.35))
    return heights


def _neck_lines(skin: Skin, marks: np.ndarray) -> np.ndarray:
    """Rings that the neck keeps where it bends."""
    chin = marks[8, 1]
    heights = np.zeros(len(skin.points))
    for number in range(3):
        y = chin - 0.022 - 0.014 * number + skin.near(0.002)
        path = [(-0.045, y + 0.008), (-0.015, y + skin.near(0.001)), (0.015, y + skin.near(0.001)), (0.045, y + 0.008)]
        heights += skin.fold(path, 4e-4, 2.2e-3, (0.4, 0.4), (0, 1))
    return heights


def _slopes(canvas: TextureSpace, height: np.ndarray) -> np.ndarray:
    """Slope of the height along u and v, [T, T, 2]; metres a texel come from the head itself."""
    place = canvas.texels.picture(canvas.points)
    slopes = []
    for axis, sign in ((1, 1.0), (0, -1.0)):
        rise = np.gradient(height, axis=axis)
        run = np.linalg.norm(np.gradient(place, axis=axis), axis=2)
        flat = (run < 2e-5) | (run > 2e-3)  # beyond an island's border
        slopes.append(sign * np.where(flat, 0, rise / np.maximum(run, 2e-5)))
    return np.clip(np.stack(slopes, 2), -_STEEPEST, _STEEPEST).astype(np.float32)
