"""Fine shape and gloss: pores and folds as a normal map, and roughness by place.

Heights are metres: pores 30 to 60 micrometres deep (Igarashi, Nishino and Nayar, "The appearance of human skin", 2007);
folds come from wrinkles.py. Roughness follows Weyrich et al. 2006: forehead, nose and lips shine, cheeks less.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.canvas import Canvas
from painctl.appearance.noise import field, grain, step


def normal_map(canvas: Canvas, folds: np.ndarray) -> np.ndarray:
    """Tangent-space normals as uint8 [T, T, 3] of skin with folds [C], a height in metres."""
    generator, region = canvas.draws("relief"), canvas.regions
    bare = 1 - np.clip(region["eyes"] + region["mouth_inside"] + region["sockets"], 0, 1)
    pores = 4e-5 * canvas.texels.gather(grain(generator, canvas.size, 2.2) + 0.6 * grain(generator, canvas.size, 5))
    pores *= 0.5 + 0.5 * region["face"] + 0.6 * region["nose"] + 0.3 * region["cheeks"]
    lips = step(region["lips"], 0.3, 0.8)
    pores = pores * (1 - 0.7 * lips) + 6e-5 * lips * _lip_lines(canvas, generator)
    fine = 2e-5 * canvas.elderly * canvas.field(generator, 0.0022) * region["face"]
    tilt = canvas.slopes(canvas.texels.picture(((pores + fine + folds) * bare).astype(np.float32)))
    normals = np.concatenate([-tilt, np.ones((*tilt.shape[:2], 1), np.float32)], 2)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    return np.rint(127.5 * (normals + 1)).astype(np.uint8)


def roughness_map(canvas: Canvas) -> np.ndarray:
    """GGX roughness as uint8 [T, T]."""
    region = canvas.regions
    generator = canvas.draws("roughness")
    rough = 0.54 + 0.03 * canvas.field(generator, 0.01) + 0.08 * region["neck"]
    rough -= 0.06 * region["forehead"] + 0.09 * region["nose"] + 0.13 * step(region["lips"], 0.2, 0.8)
    rough += 0.15 * step(region["scalp"], 0.3, 0.8) + 0.06 * canvas.elderly + 0.3 * step(region["brows"], 0.2, 0.8)
    rough = np.where(region["eyes"] > 0.5, 0.12, rough)
    wet = np.clip(region["mouth_inside"] + region["tongue"], 0, 1)
    rough = rough * (1 - wet) + 0.25 * wet
    return np.rint(255 * np.clip(canvas.texels.picture(rough.astype(np.float32)), 0.05, 1)).astype(np.uint8)


def _lip_lines(canvas: Canvas, generator: np.random.Generator) -> np.ndarray:
    """Fine creases that run up and down the lips, about normal with deviation 1 [C]."""
    turned = np.ascontiguousarray(canvas.places * np.array((1, 0.12, 0.12), np.float32)[:, None])
    return field(generator, turned, 0.0011)
