"""Fine shape and gloss: pores and the wrinkles of age as a normal map, and roughness by place.

Heights are metres: pores 30 to 60 micrometres deep, wrinkles of the old up to a few tenths of a millimetre (Igarashi,
Nishino and Nayar, "The appearance of human skin", 2007). Roughness follows Weyrich et al. 2006: forehead, nose and
lips shine, cheeks less.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.canvas import Canvas
from painctl.appearance.noise import grain, step

_STEEPEST = 0.7  # slope that no fold exceeds


def normal_map(canvas: Canvas) -> np.ndarray:
    """Tangent-space normals as uint8 [T, T, 3]."""
    generator = canvas.draws("relief")
    bare = 1 - np.clip(canvas.regions["eyes"] + canvas.regions["mouth_inside"] + canvas.regions["sockets"], 0, 1)
    pores = 4e-5 * canvas.texels.gather(grain(generator, canvas.size, 2.2) + 0.6 * grain(generator, canvas.size, 5))
    pores *= 0.5 + 0.5 * canvas.regions["face"] + 0.4 * canvas.regions["nose"]
    height = (pores - canvas.elderly**1.2 * _wrinkles(canvas, generator)) * bare
    slopes = _slopes(canvas, canvas.texels.picture(height.astype(np.float32)))
    normals = np.concatenate([-slopes, np.ones((*slopes.shape[:2], 1), np.float32)], 2)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    return np.rint(127.5 * (normals + 1)).astype(np.uint8)


def roughness_map(canvas: Canvas) -> np.ndarray:
    """GGX roughness as uint8 [T, T]."""
    region = canvas.regions
    generator = canvas.draws("roughness")
    rough = 0.50 + 0.03 * canvas.field(generator, 0.01) + 0.08 * region["neck"]
    rough -= 0.09 * region["forehead"] + 0.12 * region["nose"] + 0.13 * step(region["lips"], 0.2, 0.8)
    rough += 0.15 * step(region["scalp"], 0.3, 0.8) + 0.06 * canvas.elderly
    rough = np.where(region["eyes"] > 0.5, 0.12, rough)
    wet = np.clip(region["mouth_inside"] + region["tongue"], 0, 1)
    rough = rough * (1 - wet) + 0.25 * wet
    return np.rint(255 * np.clip(canvas.texels.picture(rough.astype(np.float32)), 0.05, 1)).astype(np.uint8)


def _wrinkles(canvas: Canvas, generator: np.random.Generator) -> np.ndarray:
    """Depth of the static wrinkles at full age, metres [C]."""
    warp, spread, fine = (canvas.field(generator, length)[canvas.face] for length in (0.018, 0.012, 0.0022))
    marks, points = canvas.landmarks, canvas.points[canvas.face]
    face, forehead = (canvas.regions[name][canvas.face] for name in ("face", "forehead"))
    x, y, _ = points.T
    brow = marks[17:27, 1].mean()
    lines = _folds((y - brow + 0.0018 * warp) / 0.0085) * forehead * step(y - brow, 0.008, 0.016)
    depth = 2.2e-4 * lines * (1 - step(np.abs(x), 0.025, 0.045)) + 2e-5 * fine * face
    for corner, alar, mouth, inner, below in ((36, 31, 48, 39, 41), (45, 35, 54, 42, 46)):
        outward = np.sign(marks[corner, 0])
        away = points - marks[corner]
        reach = np.hypot(away[:, 0], away[:, 1])
        angle = np.arctan2(away[:, 1], outward * away[:, 0])
        feet = _folds(angle / 0.38 + 0.4 * spread) * (np.abs(angle) < 1.1)
        depth += 2.0e-4 * feet * step(reach, 0.004, 0.010) * (1 - step(reach, 0.018, 0.032)) * face
        start = marks[alar] + np.array((outward * 0.006, 0.006, 0), np.float32)
        end = marks[mouth] + np.array((outward * 0.009, -0.004, 0), np.float32)
        depth += 4.5e-4 * _valley(points, start, end, 0.0022) * face
        bag = np.hypot((x - marks[below, 0]) / 0.016, (y - marks[below, 1] + 0.001) / 0.010)
        ring = np.exp(-(((bag - 1) / 0.12) ** 2)) * (y < marks[inner, 1] - 0.004)
        depth += 1.8e-4 * ring * face
    return canvas.on(canvas.face, depth)


def _folds(phase: np.ndarray) -> np.ndarray:
    """Narrow valleys at whole numbers of the phase, 0..1."""
    return np.clip(np.cos(2 * np.pi * phase), 0, None) ** 6


def _valley(points: np.ndarray, start: np.ndarray, end: np.ndarray, width: float) -> np.ndarray:
    """1 on a segment, falling off as a Gaussian of `width` metres."""
    line = end - start
    along = np.clip((points - start) @ line / (line @ line), 0, 1)
    distance = np.linalg.norm(points - start - along[:, None] * line, axis=1)
    return np.exp(-((distance / width) ** 2)) * step(1 - np.abs(2 * along - 1), 0, 0.35)


def _slopes(canvas: Canvas, height: np.ndarray) -> np.ndarray:
    """Slope of the height along u and v, [T, T, 2]; metres a texel come from the head itself."""
    place = canvas.texels.picture(canvas.points)
    slopes = []
    for axis, sign in ((1, 1.0), (0, -1.0)):
        rise = np.gradient(height, axis=axis)
        run = np.linalg.norm(np.gradient(place, axis=axis), axis=2)
        flat = (run < 2e-5) | (run > 2e-3)  # beyond an island's border
        slopes.append(sign * np.where(flat, 0, rise / np.maximum(run, 2e-5)))
    return np.clip(np.stack(slopes, 2), -_STEEPEST, _STEEPEST).astype(np.float32)
