"""Painted backgrounds, out of focus: drawn as a few numbers, painted in linear light.

The kind of background matches the light: foliage and streets outdoors, wards under hospital lamps, rooms indoors.
Everything is painted small, defocused and enlarged, which looks like a portrait lens and is cheap. Radiance is
relative to a white surface in the light on the face; the frame applies the tint of that light and the exposure.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from painctl.render import indoors, outdoors
from painctl.runs.draws import draws

KINDS = ("studio", "room", "window", "ward", "lamps", "foliage", "street")
PICTURE = -1  # the kind for one of the user's pictures, see backdrops.py

PARAMETERS = (
    "kind",  # row of KINDS; or PICTURE, for which backdrops.PARAMETERS names the rest
    "base_red", "base_green", "base_blue",  # linear RGB albedo of most of the picture
    "accent_red", "accent_green", "accent_blue",  # linear RGB albedo of the objects in it
    "light",  # 0..1, brightness relative to the light on the face
    "light_x", "light_y",  # the brightest point, from the top left corner, in widths of the picture
    "blur",  # radius of the defocus, in widths of the picture
    "layout",  # seed of the layout, below 2^24
)  # fmt: skip

# How often each kind occurs in each of light.PLACES.
SHARES: dict[str, dict[str, float]] = {
    "indoor": {"studio": 0.2, "room": 0.55, "lamps": 0.25},
    "window": {"studio": 0.15, "room": 0.4, "window": 0.45},
    "hospital": {"studio": 0.15, "ward": 0.85},
    "outdoor": {"foliage": 0.5, "street": 0.5},
}

_CANVAS = 192  # pixels

# Mean linear RGB of the base and of the objects: paint, wood, cloth, stone, leaves.
_PAINT = ((0.62, 0.59, 0.54), (0.66, 0.66, 0.64), (0.45, 0.50, 0.52), (0.46, 0.50, 0.40), (0.58, 0.48, 0.36))
_WOOD = ((0.26, 0.15, 0.08), (0.12, 0.08, 0.06), (0.40, 0.28, 0.17), (0.10, 0.13, 0.19), (0.33, 0.32, 0.30))
_COLOURS: dict[str, tuple[tuple[tuple[float, float, float], ...], tuple[tuple[float, float, float], ...]]] = {
    "studio": (
        ((0.35, 0.35, 0.36), (0.55, 0.54, 0.52), (0.15, 0.15, 0.16), (0.16, 0.20, 0.25), (0.25, 0.21, 0.16)),
        ((0.20, 0.20, 0.21), (0.22, 0.20, 0.18)),
    ),
    "room": (_PAINT, _WOOD),
    "window": (_PAINT, _WOOD),
    "ward": (
        ((0.68, 0.69, 0.67), (0.60, 0.65, 0.62), (0.60, 0.65, 0.70), (0.70, 0.66, 0.58)),
        ((0.26, 0.37, 0.39), (0.32, 0.41, 0.52), (0.50, 0.55, 0.45), (0.55, 0.45, 0.34), (0.45, 0.50, 0.58)),
    ),
    "lamps": (((0.10, 0.09, 0.09), (0.16, 0.11, 0.07), (0.07, 0.09, 0.12)), _WOOD),
    "foliage": (
        ((0.09, 0.14, 0.05), (0.07, 0.12, 0.06), (0.13, 0.15, 0.05)),
        ((0.20, 0.28, 0.07), (0.28, 0.27, 0.08), (0.14, 0.24, 0.09)),
    ),
    "street": (
        ((0.40, 0.36, 0.31), (0.33, 0.34, 0.36), (0.30, 0.20, 0.15), (0.52, 0.47, 0.38)),
        ((0.45, 0.40, 0.32), (0.26, 0.17, 0.13), (0.38, 0.39, 0.41), (0.20, 0.22, 0.24)),
    ),
}
_BLUR = {"studio": (0.02, 0.04), "room": (0.012, 0.030), "window": (0.012, 0.030), "ward": (0.011, 0.026),
         "lamps": (0.016, 0.034), "foliage": (0.016, 0.034), "street": (0.018, 0.036)}  # fmt: skip
_LIGHT = {"outdoor": (0.6, 1.0), "hospital": (0.6, 0.95)}


def draw_background(seed: int, identity: int, purpose: str, place: str | None = None) -> np.ndarray:
    """The background of one picture: float32 [12], in the order of `PARAMETERS`.

    `place` is one of light.PLACES, or None for any.
    """
    generator = draws(seed, identity, purpose)
    place = place or str(generator.choice(list(SHARES)))
    kind = str(generator.choice(list(SHARES[place]), p=list(SHARES[place].values())))
    bases, accents = _COLOURS[kind]
    pair = (*bases[generator.integers(len(bases))], *accents[generator.integers(len(accents))])
    tint = generator.uniform(0.95, 1.05, 6) * generator.uniform(0.75, 1.2, 2).repeat(3)
    light = generator.uniform(*_LIGHT.get(place, (0.45, 1.0)))
    light_x, light_y = generator.uniform((-0.2, -0.2), (1.2, 0.6))
    blur, layout = generator.uniform(*_BLUR[kind]), generator.integers(1 << 24)
    return np.array([KINDS.index(kind), *pair * tint, light, light_x, light_y, blur, layout], np.float32)


def paint_background(parameters: np.ndarray, size: int) -> np.ndarray:
    """Linear RGB radiance float32 [size, size, 3] for parameters [12] of `draw_background`."""
    kind, (base, accent) = int(parameters[0]), parameters[1:7].reshape(2, 3)
    light, light_x, light_y, blur, layout = parameters[7:].tolist()
    canvas = np.empty((_CANVAS, _CANVAS, 3), np.float32)
    canvas[:] = base
    canvas = _PAINTERS[KINDS[kind]](canvas, accent, blur * _CANVAS, draws(int(layout), -1, "background/layout"))
    canvas *= light * _falloff(light_x, light_y)
    if size > _CANVAS:
        large = cv2.resize(canvas, (size, size), interpolation=cv2.INTER_CUBIC)
        return np.maximum(large, 0, out=large)
    return cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA)


def _falloff(x: float, y: float) -> np.ndarray:
    """Light that falls off from (x, y), in widths of the picture: float32 [_CANVAS, _CANVAS, 1]."""
    along = (np.arange(_CANVAS, dtype=np.float32) + 0.5) / _CANVAS
    squared = (along[:, None] - y) ** 2 + (along[None, :] - x) ** 2
    return (0.45 + 0.55 / (1 + 1.5 * squared))[..., None]


_Painter = Callable[[np.ndarray, np.ndarray, float, np.random.Generator], np.ndarray]
_PAINTERS: dict[str, _Painter] = {
    "studio": indoors.studio,
    "room": indoors.room,
    "window": indoors.window,
    "ward": indoors.ward,
    "lamps": indoors.lamps,
    "foliage": outdoors.foliage,
    "street": outdoors.street,
}
