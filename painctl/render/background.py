"""What is behind a head, out of focus: drawn as a few numbers, painted in linear light.

Everything is painted small, blurred and enlarged, which is both how a defocused room looks and what makes it cheap.
Radiance is relative to a white surface in the same light; the picture's exposure and tint are applied by the frame.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from painctl.draw import draws

KINDS = ("wall", "room", "window", "lamps", "foliage")

PARAMETERS = (
    "kind",  # row of KINDS
    "base_red", "base_green", "base_blue",  # linear RGB albedo of what fills most of the picture
    "other_red", "other_green", "other_blue",  # linear RGB albedo of what stands before it
    "light",  # 0..1, how bright the place is beside the light on the face
    "light_x", "light_y",  # where it is brightest, in pictures from the top left corner
    "blur",  # standard deviation of the defocus, in pictures
    "layout",  # key of the shapes' places, below 2^24
)  # fmt: skip

_CANVAS = 256  # pixels

# Mean linear RGB of what fills the picture and of what stands before it: paint, wood, cloth, leaves.
_BASES = ((0.55, 0.53, 0.49), (0.38, 0.42, 0.46), (0.45, 0.36, 0.27), (0.20, 0.27, 0.24), (0.16, 0.15, 0.16))
_OTHERS = ((0.30, 0.17, 0.09), (0.12, 0.16, 0.24), (0.60, 0.58, 0.55), (0.35, 0.10, 0.08), (0.10, 0.20, 0.09))
_LEAVES = (0.12, 0.17, 0.07)


def draw_background(seed: int, identity: int, purpose: str) -> np.ndarray:
    """The background of one picture: float32 [12], the `PARAMETERS` in their order."""
    generator = draws(seed, identity, purpose)
    kind = int(generator.integers(len(KINDS)))
    base = _LEAVES if KINDS[kind] == "foliage" else _BASES[generator.integers(len(_BASES))]
    other = _OTHERS[generator.integers(len(_OTHERS))]
    colours = np.array([*base, *other]) * generator.uniform(0.85, 1.15, 6)
    values = (generator.uniform(0.35, 0.9), *generator.uniform((0.0, 0.0), (1.0, 0.6)), generator.uniform(0.012, 0.035))
    return np.array([kind, *colours, *values, generator.integers(1 << 24)], np.float32)


def paint_background(parameters: np.ndarray, size: int) -> np.ndarray:
    """Linear RGB radiance float32 [size, size, 3] for parameters [12] of `draw_background`."""
    kind, (base, other) = int(parameters[0]), parameters[1:7].reshape(2, 3)
    light, light_x, light_y, blur, layout = parameters[7:].tolist()
    canvas = np.empty((_CANVAS, _CANVAS, 3), np.float32)
    canvas[:] = base
    _PAINTERS[kind](canvas, other, draws(int(layout), -1, "background/layout"))
    canvas *= light * _falloff(light_x, light_y)
    if KINDS[kind] in ("wall", "room", "window"):
        cv2.GaussianBlur(canvas, (0, 0), blur * _CANVAS, dst=canvas, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(canvas, (size, size), interpolation=cv2.INTER_LINEAR if size > _CANVAS else cv2.INTER_AREA)


def _falloff(x: float, y: float) -> np.ndarray:
    """Light that fades from (x, y) in pictures: float32 [_CANVAS, _CANVAS, 1]."""
    along = (np.arange(_CANVAS, dtype=np.float32) + 0.5) / _CANVAS
    squared = (along[:, None] - y) ** 2 + (along[None, :] - x) ** 2
    return (0.45 + 0.55 / (1 + 1.5 * squared))[..., None]


def _wall(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> None:
    """Plaster with a slow mottle and, below some height, a band of another colour."""
    mottle = generator.uniform(0.85, 1.15, (6, 6, 1)).astype(np.float32)
    canvas *= cv2.resize(mottle, (_CANVAS, _CANVAS), interpolation=cv2.INTER_CUBIC)[..., None]
    if generator.random() < 0.4:
        canvas[int(generator.uniform(0.55, 0.85) * _CANVAS) :] = 0.5 * (canvas[0, 0] + other)


def _room(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> None:
    """A corner where two walls meet, furniture, and pictures on the wall."""
    corner = int(generator.uniform(0.1, 0.9) * _CANVAS)
    canvas[:, corner:] *= generator.uniform(0.6, 0.85)
    for _ in range(5):
        width, height = generator.uniform((0.1, 0.15), (0.4, 0.5)) * _CANVAS
        left, foot = generator.uniform((-0.1, 0.7), (0.9, 1.1)) * _CANVAS
        _box(canvas, left, foot - height, width, height, other * generator.uniform(0.3, 1.3))
    for _ in range(2):
        width, height = generator.uniform((0.08, 0.08), (0.2, 0.25)) * _CANVAS
        left, top = generator.uniform((0.0, 0.05), (0.9, 0.3)) * _CANVAS
        _box(canvas, left, top, width, height, generator.uniform(0.1, 0.6) * generator.uniform(0.6, 1.0, 3))


def _window(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> None:
    """A bright window with mullions, and a curtain beside it."""
    width, height = generator.uniform((0.25, 0.4), (0.5, 0.7)) * _CANVAS
    left, top = generator.choice([-0.1, 0.0, 0.6, 0.7]) * _CANVAS, generator.uniform(-0.1, 0.15) * _CANVAS
    pane = np.array([1.5, 1.7, 1.9]) * generator.uniform(0.7, 1.1)
    _box(canvas, left, top, width, height, pane)
    _box(canvas, left, top + 0.7 * height, width, 0.3 * height, pane * (0.5, 0.6, 0.4))
    bar = 0.015 * _CANVAS
    _box(canvas, left + width / 2, top, bar, height, other)
    _box(canvas, left, top + height * 0.45, width, bar, other)
    _box(canvas, left - 0.1 * _CANVAS, top - bar, 0.1 * _CANVAS, height * 1.3, other * 1.2)


def _lamps(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> None:
    """A dim place with lamps far behind, each the disc that a lens's aperture makes of it."""
    canvas *= 0.25
    _discs(canvas, 28, (0.02, 0.05), np.array([[1.0, 0.72, 0.4], [0.9, 0.9, 1.0], other * 2]), (0.25, 0.9), generator)


def _foliage(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> None:
    """Leaves, dark and sunlit, with sky between them towards the top."""
    leaves = np.array([canvas[0, 0] * 2.2, canvas[0, 0] * 0.5, canvas[0, 0] * (2.5, 2.0, 1.0)])
    _discs(canvas, 40, (0.03, 0.09), leaves, (0.15, 0.5), generator)
    sky = np.linspace(1, 0, _CANVAS, dtype=np.float32)[:, None, None] ** 2
    gaps = generator.random((9, 9)).astype(np.float32) ** 3
    smooth = cv2.resize(gaps, (_CANVAS, _CANVAS), interpolation=cv2.INTER_CUBIC)[..., None]
    canvas += sky * np.maximum(smooth, 0) * np.array((0.9, 1.05, 1.2), np.float32)


def _box(canvas: np.ndarray, left: float, top: float, width: float, height: float, colour: np.ndarray) -> None:
    """Fill a rectangle, given in pixels of the canvas."""
    corners = [(left, top), (left + width, top + height)]
    (x0, y0), (x1, y1) = np.clip(np.rint(corners).astype(int), 0, _CANVAS)
    canvas[y0:y1, x0:x1] = colour


def _discs(
    canvas: np.ndarray,
    count: int,
    radii: tuple[float, float],
    colours: np.ndarray,
    strengths: tuple[float, float],
    generator: np.random.Generator,
) -> None:
    """Mix `count` soft-edged discs of radii in pictures into the canvas, each with one of colours [N, 3]."""
    for x, y, radius, strength in generator.uniform(
        (0, 0, radii[0], strengths[0]), (1, 1, radii[1], strengths[1]), (count, 4)
    ):
        colour = colours[generator.integers(len(colours))]
        centre, reach = np.array([x, y]) * _CANVAS, radius * _CANVAS
        x0, y0 = np.clip((centre - reach - 2).astype(int), 0, _CANVAS)
        x1, y1 = np.clip((centre + reach + 3).astype(int), 0, _CANVAS)
        dx, dy = np.arange(x0, x1)[None, :] + 0.5 - centre[0], np.arange(y0, y1)[:, None] + 0.5 - centre[1]
        cover = strength * np.clip((reach - np.sqrt(dx * dx + dy * dy)) / 2 + 0.5, 0, 1)[..., None]
        patch = canvas[y0:y1, x0:x1]
        patch += (cover * (colour - patch)).astype(np.float32)


_PAINTERS: tuple[Callable[[np.ndarray, np.ndarray, np.random.Generator], None], ...] = (
    _wall,
    _room,
    _window,
    _lamps,
    _foliage,
)
