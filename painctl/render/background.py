"""What is behind a head, out of focus: drawn as a few numbers, painted in linear light.

Everything is painted small, blurred and enlarged, which is both how a defocused room looks and what makes it cheap.
Radiance is relative to a white surface in the same light; the picture's exposure and tint are applied by the frame.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from painctl.draw import draws
from painctl.render.pictures import Pictures

KINDS = ("wall", "room", "window", "lamps", "foliage", "ward", "street", "picture")

# Odds of the kinds that fit the places of light.PLACES.
_ODDS = {
    "indoor": {"wall": 0.25, "room": 0.55, "lamps": 0.2},
    "window": {"wall": 0.2, "room": 0.35, "window": 0.45},
    "hospital": {"wall": 0.25, "ward": 0.75},
    "outdoor": {"foliage": 0.55, "street": 0.45},
}

PARAMETERS = (
    "kind",  # row of KINDS
    "base_red", "base_green", "base_blue",  # linear RGB albedo of what fills most of the picture
    "other_red", "other_green", "other_blue",  # linear RGB albedo of what stands before it
    "light",  # 0..1, how bright the place is beside the light on the face
    "light_x", "light_y",  # where it is brightest, in pictures from the top left corner
    "blur",  # standard deviation of the defocus, in pictures
    "layout",  # key of the shapes' places, below 2^24; of a picture its row in the sorted folder
)  # fmt: skip

_CANVAS = 256  # pixels

# Mean linear RGB of what fills the picture and of what stands before it: paint, wood, cloth, leaves.
_BASES = ((0.55, 0.53, 0.49), (0.38, 0.42, 0.46), (0.45, 0.36, 0.27), (0.20, 0.27, 0.24), (0.16, 0.15, 0.16))
_OTHERS = ((0.30, 0.17, 0.09), (0.12, 0.16, 0.24), (0.60, 0.58, 0.55), (0.35, 0.10, 0.08), (0.10, 0.20, 0.09))
_LEAVES = (0.12, 0.17, 0.07)
_PALE = ((0.60, 0.62, 0.60), (0.50, 0.58, 0.60), (0.62, 0.60, 0.54), (0.48, 0.56, 0.50))  # what wards are painted
_BRICK = ((0.30, 0.20, 0.16), (0.36, 0.34, 0.31), (0.22, 0.23, 0.25), (0.42, 0.37, 0.30))


def draw_background(seed: int, identity: int, purpose: str, place: str) -> np.ndarray:
    """The background of one picture in a place of `light.PLACES`: float32 [12], the `PARAMETERS` in their order."""
    generator = draws(seed, identity, purpose)
    kind = str(generator.choice(list(_ODDS[place]), p=list(_ODDS[place].values())))
    bases = {"foliage": (_LEAVES,), "ward": _PALE, "street": _BRICK}.get(kind, _BASES)
    base, other = bases[generator.integers(len(bases))], _OTHERS[generator.integers(len(_OTHERS))]
    colours = np.array([*base, *other]) * generator.uniform(0.85, 1.15, 6)
    values = (generator.uniform(0.35, 0.9), *generator.uniform((0.0, 0.0), (1.0, 0.6)), generator.uniform(0.012, 0.030))
    return np.array([KINDS.index(kind), *colours, *values, generator.integers(1 << 24)], np.float32)


def draw_picture(seed: int, identity: int, purpose: str, count: int) -> np.ndarray:
    """One of `count` pictures of the user's as background: float32 [12].

    `light_x` and `light_y` are then where it is cropped, `blur` its defocus, and the colours are not used.
    """
    generator = draws(seed, identity, purpose)
    index, (x, y) = generator.integers(count), generator.uniform(size=2)
    values = (generator.uniform(0.6, 1.0), x, y, generator.uniform(0.002, 0.012), index)
    return np.array([KINDS.index("picture"), *np.zeros(6), *values], np.float32)


def paint_background(parameters: np.ndarray, size: int, pictures: Pictures | None = None) -> np.ndarray:
    """Linear RGB radiance float32 [size, size, 3] for parameters [12] of `draw_background` or `draw_picture`."""
    kind, (base, other) = int(parameters[0]), parameters[1:7].reshape(2, 3)
    light, light_x, light_y, blur, layout = parameters[7:].tolist()
    if pictures is not None:
        cropped = pictures.crop(int(layout), light_x, light_y, size)
        return light * cv2.GaussianBlur(cropped, (0, 0), blur * size, borderType=cv2.BORDER_REPLICATE)
    canvas = np.empty((_CANVAS, _CANVAS, 3), np.float32)
    canvas[:] = base
    _PAINTERS[kind](canvas, other, draws(int(layout), -1, "background/layout"))
    canvas *= light * _falloff(light_x, light_y)
    if KINDS[kind] not in ("lamps", "foliage"):  # which paint their own discs
        canvas = _defocused(canvas, blur * _CANVAS)
    return cv2.resize(canvas, (size, size), interpolation=cv2.INTER_LINEAR if size > _CANVAS else cv2.INTER_AREA)


def _defocused(canvas: np.ndarray, radius: float) -> np.ndarray:
    """Each point spread over the disc that a lens's aperture makes of it, its rim a little soft."""
    side = 2 * int(np.ceil(1.6 * radius)) + 1
    along = np.arange(side, dtype=np.float32) - side // 2
    disc = np.clip(1.5 * radius - np.hypot(along[:, None], along[None]) + 0.5, 0, 1)
    spread = cv2.filter2D(canvas, -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE)
    return cv2.blur(spread, (3, 3), borderType=cv2.BORDER_REPLICATE)


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
    """A corner where two walls meet, a door or shelves, framed pictures, a sofa's back, and a lamp that glows."""
    corner = int(generator.uniform(0.1, 0.9) * _CANVAS)
    canvas[:, corner:] *= generator.uniform(0.6, 0.85)
    canvas *= np.linspace(1.1, 0.75, _CANVAS, dtype=np.float32)[:, None, None]
    wood = np.array((0.24, 0.14, 0.075)) * generator.uniform(0.4, 1.6)
    left = generator.choice([-0.08, 0.68]) * _CANVAS
    if generator.random() < 0.5:
        _box(canvas, left, 0.06 * _CANVAS, 0.36 * _CANVAS, _CANVAS, wood * 1.4)
        _box(canvas, left + 0.03 * _CANVAS, 0.09 * _CANVAS, 0.30 * _CANVAS, _CANVAS, wood)
    else:
        for shelf in np.arange(0.08, 0.9, 0.17) * _CANVAS:
            _box(canvas, left, shelf, 0.38 * _CANVAS, 0.17 * _CANVAS, wood * 0.45)
            for book in np.arange(0.0, 0.36, 0.03) * _CANVAS:
                height, spine = generator.uniform(0.08, 0.14) * _CANVAS, generator.uniform(0.02, 0.4, 3)
                _box(canvas, left + book, shelf + 0.155 * _CANVAS - height, 0.026 * _CANVAS, height, spine)
            _box(canvas, left, shelf + 0.155 * _CANVAS, 0.38 * _CANVAS, 0.015 * _CANVAS, wood * 1.5)
    for _ in range(2):
        width, height = generator.uniform((0.1, 0.1), (0.2, 0.22)) * _CANVAS
        x, y = generator.uniform((0.25, 0.05), (0.6, 0.3)) * _CANVAS
        _box(canvas, x, y, width, height, wood * 0.6)
        _box(canvas, x + 4, y + 4, width - 8, height - 8, np.array((0.6, 0.58, 0.52)))
        _box(canvas, x + 10, y + 10, width - 20, height - 20, generator.uniform(0.05, 0.4, 3))
    _box(canvas, 0, generator.uniform(0.72, 0.95) * _CANVAS, _CANVAS, _CANVAS, other * generator.uniform(0.4, 1.0))
    x, y = generator.uniform((0.1, 0.15), (0.9, 0.55)) * _CANVAS
    _box(canvas, x - 11, y - 9, 22, 20, np.array((1.5, 1.15, 0.7)))
    along = np.arange(_CANVAS, dtype=np.float32)
    glow = np.exp(-((along[None] - x) ** 2 + (along[:, None] - y) ** 2) / (0.16 * _CANVAS) ** 2)
    canvas += 0.5 * glow[..., None] * np.array((1.0, 0.75, 0.42), np.float32) * canvas


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
    canvas *= np.linspace(0.2, 0.55, _CANVAS, dtype=np.float32)[:, None, None] * generator.uniform(0.7, 1.3)
    colours = np.array([[1.0, 0.72, 0.4], [0.9, 0.9, 1.0], other * 2, [1.0, 0.5, 0.25]])
    size = generator.uniform(0.015, 0.05)  # all lamps are far away: one size, but for the nearest few
    _discs(canvas, 16, (0.8 * size, 1.1 * size), colours, (0.1, 0.8), generator)
    _discs(canvas, 5, (1.3 * size, 2.4 * size), colours * 0.6, (0.1, 0.45), generator)


def _foliage(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> None:
    """Leaves, dark and sunlit, with sky between them towards the top."""
    leaves = np.array([canvas[0, 0] * 2.2, canvas[0, 0] * 0.5, canvas[0, 0] * (2.5, 2.0, 1.0)])
    _discs(canvas, 30, (0.09, 0.22), leaves * 0.7, (0.15, 0.4), generator)
    _discs(canvas, 40, (0.02, 0.07), leaves, (0.1, 0.45), generator)
    sky = np.linspace(1, 0, _CANVAS, dtype=np.float32)[:, None, None] ** 2
    gaps = generator.random((9, 9)).astype(np.float32) ** 3
    smooth = cv2.resize(gaps, (_CANVAS, _CANVAS), interpolation=cv2.INTER_CUBIC)[..., None]
    canvas += sky * np.maximum(smooth, 0) * np.array((0.9, 1.05, 1.2), np.float32)


def _ward(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> None:
    """A curtain in folds before a pale wall, a rail, and a monitor's glow."""
    canvas *= np.linspace(1.1, 0.8, _CANVAS, dtype=np.float32)[:, None, None]
    width = generator.uniform(0.3, 0.6) * _CANVAS
    left = int(generator.choice([-0.1, 0.55]) * _CANVAS + generator.uniform(-0.1, 0.1) * _CANVAS)
    columns = np.arange(max(left, 0), min(int(left + width), _CANVAS))
    folds = 0.78 + 0.22 * np.sin(columns / generator.uniform(4, 7) + np.sin(columns / 23.0) * 2)
    cloth = 0.35 * canvas[0, 0] + 0.3 * other + np.array((0.06, 0.10, 0.10))
    canvas[: int(generator.uniform(0.75, 1) * _CANVAS), columns] = folds[:, None] * cloth
    rail = generator.uniform(0.55, 0.8) * _CANVAS
    for height in (0, 0.07):
        _box(canvas, 0, rail + height * _CANVAS, _CANVAS, 0.018 * _CANVAS, np.array((0.75, 0.76, 0.78)))
    x, y = generator.uniform((0.0, 0.05), (0.85, 0.35)) * _CANVAS
    _box(canvas, x, y, 0.16 * _CANVAS, 0.12 * _CANVAS, np.array((0.05, 0.06, 0.08)))
    for line in range(3):
        _box(canvas, x + 6, y + 6 + 8 * line, 0.11 * _CANVAS, 2.5, generator.uniform(0.3, 1.6, 3) * (0.4, 1.0, 0.8))


def _street(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> None:
    """Houses with windows along a street, the sky above, asphalt and people's clothes below."""
    sky = np.array((0.75, 0.9, 1.1)) * generator.uniform(0.8, 1.3)
    horizon = int(generator.uniform(0.55, 0.75) * _CANVAS)
    front, left = canvas[0, 0].copy(), 0
    canvas[:] = sky
    while left < _CANVAS:
        width, roof = int(generator.uniform(0.18, 0.4) * _CANVAS), int(generator.uniform(-0.1, 0.45) * _CANVAS)
        wall = front * generator.uniform(0.5, 1.5)
        _box(canvas, left, roof, width, _CANVAS, wall)
        step = generator.uniform(0.07, 0.11) * _CANVAS
        for y in np.arange(max(roof, 0) + 0.4 * step, horizon - step, step):
            for x in np.arange(left + 0.4 * step, left + width - 0.6 * step, step):
                _box(canvas, x, y, 0.45 * step, 0.6 * step, wall * 0.3 + 0.25 * sky * generator.random())
        left += width
    canvas[horizon:] = np.array((0.17, 0.17, 0.18)) * generator.uniform(0.7, 1.5)
    for _ in range(6):
        x, height = generator.uniform((-0.05, 0.15), (1.0, 0.35)) * _CANVAS
        _box(canvas, x, horizon + 0.1 * _CANVAS - height, 0.35 * height, height, generator.uniform(0.02, 0.4, 3))


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
    _ward,
    _street,
)
