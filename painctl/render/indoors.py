"""Places with walls: a photographer's backdrop, a room, a window, a hospital ward, an evening among lamps.

Each painter takes a canvas float32 [H, H, 3] of the wall's albedo, the albedo [3] of what stands before it, the radius
of the defocus in pixels and a generator, and returns the canvas finished. The head hides the middle of a picture, so
things stand at the sides.
"""

from __future__ import annotations

import numpy as np

from painctl.render.painting import box, clouds, defocus, discs, glow, polygon, shade_box

_DAY = np.array([0.92, 1.0, 1.12])  # daylight, beside the light of the room
_BOOKS = np.array([(0.45, 0.41, 0.33), (0.06, 0.06, 0.07), (0.25, 0.05, 0.04), (0.06, 0.10, 0.20), (0.20, 0.12, 0.06),
                   (0.08, 0.14, 0.10), (0.55, 0.54, 0.50), (0.42, 0.27, 0.08), (0.20, 0.22, 0.24)])  # fmt: skip
_TUNGSTEN = np.array([1.25, 0.95, 0.6])


def studio(canvas: np.ndarray, other: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """A painted backdrop: a slow mottle, a lamp's pool of light on it, and darker corners."""
    mottle = 0.6 * clouds(generator, 3, len(canvas)) + 0.4 * clouds(generator, 9, len(canvas))
    canvas *= (1 + generator.uniform(0.05, 0.35) * (mottle - 0.5))[..., None]
    x, y = generator.uniform((0.2, 0.2), (0.8, 0.8))
    glow(canvas, x, y, generator.uniform(0.35, 0.6), canvas[0, 0] * generator.uniform(0.2, 0.9))
    shade_box(canvas, 0, 0, 1, 1, across=np.array([0.85, 1, 0.85]), down=np.array([0.95, 1, generator.uniform(0.6, 1)]))
    glow(canvas, 0.5, 1.2, 0.3, other * 0.1)
    return defocus(canvas, blur)


def room(canvas: np.ndarray, other: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """Two walls, floor and ceiling; a door or shelves, pictures, a cabinet, a lamp that is on."""
    _walls(canvas, other, generator)
    side = int(generator.integers(2))
    tall = (_door, _shelves, _curtain)[generator.choice(3, p=[0.3, 0.5, 0.2])]
    tall(canvas, _at(side, 0.34, generator), other, generator)
    hung = _at(1 - side, 0.2, generator)
    for number in range(generator.integers(1, 4)):
        _frame(canvas, hung + 0.27 * (number - 1) * (2 * side - 1), generator)
    if generator.random() < 0.7:
        _cabinet(canvas, _at(1 - side, 0.35, generator), other * generator.uniform(0.5, 1.6), generator)
    if generator.random() < 0.45:
        _lamp(canvas, _at(1 - side, 0.12, generator) + 0.06, generator)
    return defocus(canvas, blur)


def window(canvas: np.ndarray, other: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """A room with a bright window: sky over roofs or trees, a frame with bars, curtains or none, light on the wall."""
    _walls(canvas, other, generator)
    side = int(generator.integers(2))
    width, height = generator.uniform((0.26, 0.5), (0.46, 0.8))
    left, top = _at(side, width, generator), generator.uniform(-0.15, 0.08)
    _frame(canvas, _at(1 - side, 0.2, generator), generator)
    trim = np.array([0.7, 0.69, 0.66]) if generator.random() < 0.7 else other
    box(canvas, left - 0.025, top - 0.025, width + 0.05, height + 0.05, trim)
    bright = _DAY * generator.uniform(1.1, 2.4)
    box(canvas, left, top, width, height, bright)
    horizon = generator.uniform(0.45, 0.75)
    outside = np.array([(0.10, 0.16, 0.06), (0.24, 0.20, 0.17), (0.26, 0.29, 0.32)])[generator.integers(3)] * bright
    shade_box(canvas, left, top, width, horizon * height, down=np.array([0.8, 1.15]))
    box(canvas, left, top + horizon * height, width, (1 - horizon) * height, outside)
    for _ in range(14):
        wide, tall = generator.uniform((0.08, 0.05), (0.4, 0.35)) * (width, height)
        x = left + generator.uniform(0, 1) * (width - wide)
        box(canvas, x, top + horizon * height - tall, wide, tall * 1.6, outside * generator.uniform(0.5, 2.0))
    bars = generator.integers(1, 3)
    for bar in range(1, bars + 1):
        box(canvas, left + bar * width / (bars + 1) - 0.008, top, 0.016, height, trim * 0.7)
    if generator.random() < 0.6:
        box(canvas, left, top + 0.42 * height, width, 0.014, trim * 0.7)
    box(canvas, left - 0.04, top + height, width + 0.08, 0.025, trim * 1.3)
    if generator.random() < 0.6:
        cloth = np.array([0.75, 0.73, 0.68]) * generator.uniform(0.5, 1.0)
        _folds(canvas, left - 0.12, top - 0.05, 0.17, 1.2 - top, cloth, generator)
        _folds(canvas, left + width - 0.05, top - 0.05, 0.17, 1.2 - top, cloth, generator)
    glow(canvas, left + width / 2, top + height / 2, 0.35, bright * 0.06)
    return defocus(canvas, blur)


def ward(canvas: np.ndarray, other: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """A ward: a curtain on its rail, the strip of sockets over a bed, a monitor, a bed rail, a light in the ceiling."""
    _walls(canvas, np.array([0.35, 0.37, 0.38]), generator, shaded=0.85)
    side = int(generator.integers(2))
    if generator.random() < 0.5:
        _door(canvas, _at(1 - side, 0.34, generator), np.array([0.5, 0.42, 0.32]), generator)
    else:
        strip = generator.uniform(0.3, 0.5)
        box(canvas, 0, strip, 1, 0.07, np.array([0.55, 0.56, 0.57]))
        box(canvas, 0, strip + 0.07, 1, 0.012, np.array([0.2, 0.2, 0.21]))
        for x in generator.uniform(0, 1, 6):
            box(canvas, x, strip + 0.015, 0.035, 0.035, generator.choice([0.15, 0.8]) * np.array([0.95, 1, 1]))
    if generator.random() < 0.75:
        width = generator.uniform(0.25, 0.55)
        left, rail = (-0.05 if side == 0 else 1.05 - width), generator.uniform(-0.1, 0.1)
        _folds(canvas, left, rail, width, 1.3, other, generator)
        box(canvas, 0, rail - 0.012, 1, 0.014, np.array([0.5, 0.5, 0.5]))
    if generator.random() < 0.6:
        _monitor(canvas, _at(1 - side, 0.22, generator), generator)
    if generator.random() < 0.6:
        _bed(canvas, generator)
    if generator.random() < 0.5:
        left, lean = generator.uniform(0.0, 0.6), generator.uniform(-0.1, 0.1)
        panel = np.array([(left, -0.02), (left + 0.4, -0.02), (left + 0.35 + lean, 0.07), (left + 0.08 + lean, 0.07)])
        polygon(canvas, panel, np.array([2.2, 2.3, 2.4]))
        glow(canvas, left + 0.2, 0.0, 0.3, np.array([0.12, 0.12, 0.12]))
    return defocus(canvas, blur)


def lamps(canvas: np.ndarray, other: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """An evening place: dim walls and furniture, and lights at many distances, each a disc of the lens's aperture."""
    _walls(canvas, other * 0.5, generator)
    for _ in range(5):
        width, height = generator.uniform((0.08, 0.15), (0.3, 0.5))
        left, foot = generator.uniform((-0.1, 0.6), (0.9, 1.1))
        box(canvas, left, foot - height, width, height, other * generator.uniform(0.15, 0.7))
    warm = _TUNGSTEN * generator.uniform((0.8, 0.8, 0.5), (1.1, 1.1, 1.3))
    for x, y in generator.uniform((0, -0.1), (1, 0.6), (2, 2)):
        glow(canvas, x, y, generator.uniform(0.15, 0.35), warm * generator.uniform(0.05, 0.25))
    canvas = defocus(canvas, 1.5 * blur)
    size = blur / len(canvas)
    count = int(generator.integers(25, 60))
    far = generator.random(count)  # 0 the nearest lamps
    places = np.stack([generator.random(count), generator.beta(1.3, 2.0, count)], axis=1)
    tints = np.array([warm, warm * (1.0, 0.8, 0.6), (1.0, 1.0, 1.05), (1.1, 0.35, 0.2), (0.4, 0.8, 0.9)])
    colours = tints[generator.choice(5, count, p=[0.45, 0.25, 0.18, 0.07, 0.05])]
    strength = np.minimum(np.exp(generator.normal(-1.0, 0.9, count)), 3)
    discs(
        canvas,
        places,
        size * (0.35 + 0.9 * far),
        colours * strength[:, None],
    )
    start, end, sag = generator.uniform((0.0, 0.0, 0.02), (0.4, 0.4, 0.2))
    along = np.linspace(-0.05, 1.05, generator.integers(9, 20))
    if generator.random() < 0.5:  # a string of bulbs
        string = np.stack([along, start + (end - start) * along + sag * 4 * along * (1 - along)], axis=1)
        bulbs = warm * generator.uniform(0.5, 1.2, (len(along), 1))
        discs(canvas, string, np.full(len(along), size * 0.7), bulbs)
    return canvas


def _at(side: int, width: float, generator: np.random.Generator) -> float:
    """The left edge of a thing at the left (0) or right (1) of the head, partly hidden or cut off."""
    inner = generator.uniform(0.16, 0.36)
    return float(inner - width if side == 0 else 1 - inner)


def _walls(canvas: np.ndarray, other: np.ndarray, generator: np.random.Generator, shaded: float = 0.65) -> None:
    """A back wall and a side wall that comes nearer, with skirting, floor and ceiling in perspective."""
    paint = canvas[0, 0].astype(float)
    canvas *= (1 + 0.12 * (clouds(generator, 3, len(canvas)) - 0.5))[..., None]
    corner, floor, ceiling = generator.uniform((0.04, 0.72, -0.3), (0.32, 1.1, 0.06))
    slope = generator.uniform(0.3, 0.8)
    left = np.array([(0, ceiling - slope * corner), (corner, ceiling), (corner, floor), (0, floor + slope * corner)])
    ground = np.array([(0, floor + slope * corner), (corner, floor), (1, floor), (1, 1.5), (0, 1.5)])
    above = np.array([(0, ceiling - slope * corner), (corner, ceiling), (1, ceiling), (1, -1), (0, -1)])
    shade_box(canvas, corner, 0, 1 - corner, 1, across=generator.uniform((0.75, 0.9, 0.7), (0.9, 1.1, 1.1)))
    polygon(canvas, left, paint * generator.uniform(shaded, 1.0))
    shade_box(canvas, 0, 0, corner, 1, across=np.array([1.1, 0.85]), down=np.array([1.05, 0.85]))
    polygon(canvas, above, np.minimum(paint * 1.15, 0.75))
    polygon(canvas, ground, other * generator.uniform(0.6, 1.3))
    skirting = np.array([0.0, 0.035])
    polygon(canvas, np.c_[[corner, 1, 1, corner], [*(floor - skirting[::-1])[[0, 0]], floor, floor]], paint * 0.8)
    if generator.random() < 0.5:
        canvas[:] = canvas[:, ::-1].copy()


def _door(canvas: np.ndarray, left: float, other: np.ndarray, generator: np.random.Generator) -> None:
    """A panelled door in its frame, ajar or shut."""
    leaf = other if generator.random() < 0.5 else np.array([0.62, 0.61, 0.58])
    top, width = generator.uniform(-0.1, 0.12), 0.34
    box(canvas, left - 0.03, top - 0.03, width + 0.06, 1.3, np.minimum(leaf * 1.25, 0.7))
    box(canvas, left, top, width, 1.3, leaf * 0.85)
    for row in (0.05, 0.5):
        for column in (0.04, 0.19):
            box(canvas, left + column, top + row, 0.11, 0.38, leaf * 0.65)
            box(canvas, left + column + 0.01, top + row + 0.01, 0.1, 0.37, leaf * 0.95)
    shade_box(canvas, left, top, width, 1.3, across=generator.uniform(0.75, 1.1, 2))
    box(canvas, left + 0.3, top + 0.55, 0.02, 0.05, np.array([0.9, 0.85, 0.7]))


def _shelves(canvas: np.ndarray, left: float, other: np.ndarray, generator: np.random.Generator) -> None:
    """Boards with books, a few of them leaning on air or on a box."""
    width, gap = 0.38, generator.uniform(0.17, 0.24)
    top = generator.uniform(-0.2, 0.1)
    box(canvas, left, top, width, 1.4, other * generator.uniform(0.35, 0.7))
    for row in range(6):
        foot = top + (row + 1) * gap
        x = left + 0.015
        while x < left + width - 0.03:
            wide = generator.uniform(0.012, 0.035)
            tall = gap * generator.uniform(0.55, 0.85)
            if generator.random() < 0.82:
                cover = _BOOKS[generator.integers(len(_BOOKS))] * generator.uniform(0.4, 1.5)
                box(canvas, x, foot - tall, wide, tall, cover)
            x += wide
        box(canvas, left, foot, width, 0.018, other * 1.2)
    shade_box(canvas, left, top, width, 1.4, across=generator.uniform(0.7, 1.1, 2))


def _curtain(canvas: np.ndarray, left: float, other: np.ndarray, generator: np.random.Generator) -> None:
    cloth = np.array([0.55, 0.52, 0.47]) * generator.uniform(0.5, 1.1) if generator.random() < 0.6 else other * 1.2
    _folds(canvas, left, -0.1, 0.36, 1.3, cloth, generator)


def _folds(
    canvas: np.ndarray,
    left: float,
    top: float,
    width: float,
    height: float,
    cloth: np.ndarray,
    generator: np.random.Generator,
) -> None:
    """A hanging cloth whose folds are of uneven width."""
    box(canvas, left, top, width, height, cloth)
    folds = max(int(width / generator.uniform(0.035, 0.06)), 3)
    light = np.empty(2 * folds)
    light[0::2], light[1::2] = generator.uniform(0.95, 1.25, folds), generator.uniform(0.5, 0.85, folds)
    phase = np.cumsum(generator.uniform(0.6, 1.4, 2 * folds))
    even = np.interp(np.linspace(phase[0], phase[-1], 64), phase, light)
    shade_box(canvas, left, top, width, height, across=even, down=np.array([0.95, 1.05, 0.9]))


def _frame(canvas: np.ndarray, left: float, generator: np.random.Generator) -> None:
    """A framed picture on the wall, with its mount."""
    width, height = generator.uniform((0.1, 0.1), (0.24, 0.3))
    x, y = left, generator.uniform(0.03, 0.4)
    box(canvas, x, y, width, height, generator.choice([0.03, 0.15, 0.6]) * np.array([1, 0.9, 0.8]))
    box(canvas, x + 0.012, y + 0.012, width - 0.024, height - 0.024, np.array([0.7, 0.69, 0.66]))
    rim = generator.uniform(0.015, 0.035)
    picture = generator.uniform(0.08, 0.5) * generator.uniform(0.6, 1.2, (2, 3))
    cut = generator.uniform(0.3, 0.7)
    box(canvas, x + rim, y + rim, width - 2 * rim, height - 2 * rim, picture[0])
    box(canvas, x + rim, y + cut * height, width - 2 * rim, (1 - cut) * height - rim, picture[1])


def _cabinet(canvas: np.ndarray, left: float, colour: np.ndarray, generator: np.random.Generator) -> None:
    """A cabinet or the back of a sofa, with things on it."""
    top = generator.uniform(0.62, 0.82)
    box(canvas, left, top, 0.42, 0.6, colour)
    shade_box(canvas, left, top, 0.42, 0.6, across=generator.uniform(0.7, 1.1, 2), down=np.array([1.1, 0.6]))
    box(canvas, left - 0.01, top, 0.44, 0.02, colour * 1.4)
    for x in left + generator.uniform(0.02, 0.36, 3):
        wide, tall = generator.uniform((0.02, 0.03), (0.07, 0.14))
        box(canvas, x, top - tall, wide, tall, generator.uniform(0.05, 0.5) * generator.uniform(0.6, 1.2, 3))


def _lamp(canvas: np.ndarray, x: float, generator: np.random.Generator) -> None:
    """A lamp with a cloth shade, and the light that it leaves on the wall."""
    y, size = generator.uniform(0.25, 0.6), generator.uniform(0.05, 0.09)
    glow(canvas, x, y, generator.uniform(0.16, 0.3), _TUNGSTEN * generator.uniform(0.15, 0.4))
    box(canvas, x - 0.008, y, 0.016, 1.0, np.array([0.05, 0.045, 0.04]))
    shade = np.array(
        [(x - 0.6 * size, y - size), (x + 0.6 * size, y - size), (x + size, y + size), (x - size, y + size)]
    )
    polygon(canvas, shade, _TUNGSTEN * generator.uniform(1.0, 1.8))


def _monitor(canvas: np.ndarray, left: float, generator: np.random.Generator) -> None:
    """A patient monitor on its arm, with traces on a dark screen."""
    top = generator.uniform(0.08, 0.4)
    box(canvas, left + 0.1, top, 0.025, 0.9, np.array([0.45, 0.46, 0.47]))
    box(canvas, left, top, 0.24, 0.18, np.array([0.5, 0.5, 0.49]))
    box(canvas, left + 0.015, top + 0.015, 0.21, 0.14, np.array([0.015, 0.025, 0.04]))
    for row, colour in enumerate(((0.08, 0.45, 0.15), (0.45, 0.4, 0.08), (0.08, 0.35, 0.45), (0.4, 0.4, 0.4))):
        y, bright = top + 0.03 + 0.032 * row, np.array(colour) * generator.uniform(0.3, 1.2)
        for x in left + 0.025 + 0.0125 * np.arange(12):
            box(canvas, x, y + generator.uniform(-0.008, 0.008), 0.013, 0.005, bright)
        box(canvas, left + 0.19, y - 0.006, 0.025, 0.014, bright)
    glow(canvas, left + 0.12, top + 0.09, 0.1, np.array([0.02, 0.04, 0.05]))


def _bed(canvas: np.ndarray, generator: np.random.Generator) -> None:
    """The raised head of a bed with its pillow, behind the shoulders, and a rail with bars."""
    top = generator.uniform(0.68, 0.85)
    box(canvas, -0.1, top + 0.06, 1.2, 0.5, np.array([0.62, 0.65, 0.68]))
    shade_box(canvas, 0, top + 0.06, 1, 0.5, across=generator.uniform(0.8, 1.1, 4))
    left, right = generator.uniform(-0.1, 0.1), generator.uniform(0.9, 1.1)
    for x in np.linspace(left, right, generator.integers(6, 10)):
        box(canvas, x, top, 0.014, 0.3, np.array([0.5, 0.51, 0.52]))
    box(canvas, left, top, right - left, 0.028, np.array([0.72, 0.73, 0.73]))
