"""Indoor backgrounds: a photographer's backdrop, a room, a window, a hospital ward, an evening among lamps.

A painter gets a canvas float32 [H, H, 3] filled with the albedo of the wall, the albedo [3] of the objects in front of
it, the radius of the defocus in pixels and a generator, and returns the finished canvas. The head hides the centre of
the picture, so objects are placed at the sides.
"""

from __future__ import annotations

import numpy as np

from painctl.render.furniture import (
    TUNGSTEN,
    bed,
    cabinet,
    curtain,
    door,
    hanging_cloth,
    lamp,
    monitor,
    picture_frame,
    shelves,
    walls,
)
from painctl.render.painting import box, clouds, defocus, discs, glow, polygon, shade_box

_DAY = np.array([0.92, 1.0, 1.12])  # daylight, relative to the light of the room


def studio(canvas: np.ndarray, accent: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """A painted backdrop: soft mottling, the pool of light of a lamp, and darker corners."""
    mottle = 0.6 * clouds(generator, 3, len(canvas)) + 0.4 * clouds(generator, 9, len(canvas))
    canvas *= (1 + generator.uniform(0.05, 0.35) * (mottle - 0.5))[..., None]
    x, y = generator.uniform((0.2, 0.2), (0.8, 0.8))
    glow(canvas, x, y, generator.uniform(0.35, 0.6), canvas[0, 0] * generator.uniform(0.2, 0.9))
    shade_box(
        canvas, (0, 0, 1, 1), across=np.array([0.85, 1, 0.85]), down=np.array([0.95, 1, generator.uniform(0.6, 1)])
    )
    glow(canvas, 0.5, 1.2, 0.3, accent * 0.1)
    return defocus(canvas, blur)


def room(canvas: np.ndarray, accent: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """Two walls, floor and ceiling; a door, shelves or a curtain; pictures, a cabinet, a lit lamp."""
    walls(canvas, accent, generator)
    side = int(generator.integers(2))
    tall = (door, shelves, curtain)[generator.choice(3, p=[0.3, 0.5, 0.2])]
    tall(canvas, _at(side, 0.34, generator), accent, generator)
    left = _at(1 - side, 0.2, generator)
    for number in range(generator.integers(1, 4)):
        picture_frame(canvas, left + 0.27 * (number - 1) * (2 * side - 1), generator)
    if generator.random() < 0.7:
        cabinet(canvas, _at(1 - side, 0.35, generator), accent * generator.uniform(0.5, 1.6), generator)
    if generator.random() < 0.45:
        lamp(canvas, _at(1 - side, 0.12, generator) + 0.06, generator)
    return defocus(canvas, blur)


def window(canvas: np.ndarray, accent: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """A room with a bright window: sky over roofs or trees, glazing bars, perhaps curtains, light on the wall."""
    # The wall and the window's frame
    walls(canvas, accent, generator)
    side = int(generator.integers(2))
    width, height = generator.uniform((0.26, 0.5), (0.46, 0.8))
    left, top = _at(side, width, generator), generator.uniform(-0.15, 0.08)
    picture_frame(canvas, _at(1 - side, 0.2, generator), generator)
    trim = np.array([0.7, 0.69, 0.66]) if generator.random() < 0.7 else accent
    box(canvas, (left - 0.025, top - 0.025, width + 0.05, height + 0.05), trim)

    # The view
    bright = _DAY * generator.uniform(1.1, 2.4)
    box(canvas, (left, top, width, height), bright)
    horizon = generator.uniform(0.45, 0.75)
    outside = np.array([(0.10, 0.16, 0.06), (0.24, 0.20, 0.17), (0.26, 0.29, 0.32)])[generator.integers(3)] * bright
    shade_box(canvas, (left, top, width, horizon * height), down=np.array([0.8, 1.15]))
    box(canvas, (left, top + horizon * height, width, (1 - horizon) * height), outside)
    for _ in range(14):
        wide, tall = generator.uniform((0.08, 0.05), (0.4, 0.35)) * (width, height)
        x = left + generator.uniform(0, 1) * (width - wide)
        box(canvas, (x, top + horizon * height - tall, wide, tall * 1.6), outside * generator.uniform(0.5, 2.0))

    # Glazing bars, sill and curtains
    bars = generator.integers(1, 3)
    for bar in range(1, bars + 1):
        box(canvas, (left + bar * width / (bars + 1) - 0.008, top, 0.016, height), trim * 0.7)
    if generator.random() < 0.6:
        box(canvas, (left, top + 0.42 * height, width, 0.014), trim * 0.7)
    box(canvas, (left - 0.04, top + height, width + 0.08, 0.025), trim * 1.3)
    if generator.random() < 0.6:
        cloth = np.array([0.75, 0.73, 0.68]) * generator.uniform(0.5, 1.0)
        hanging_cloth(canvas, (left - 0.12, top - 0.05, 0.17, 1.2 - top), cloth, generator)
        hanging_cloth(canvas, (left + width - 0.05, top - 0.05, 0.17, 1.2 - top), cloth, generator)
    glow(canvas, left + width / 2, top + height / 2, 0.35, bright * 0.06)
    return defocus(canvas, blur)


def ward(canvas: np.ndarray, accent: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """A ward: a curtain on a rail, a strip of sockets above a bed, a monitor, a bed rail, a ceiling light."""
    # The wall, with a door or a strip of sockets
    walls(canvas, np.array([0.35, 0.37, 0.38]), generator, shaded=0.85)
    side = int(generator.integers(2))
    if generator.random() < 0.5:
        door(canvas, _at(1 - side, 0.34, generator), np.array([0.5, 0.42, 0.32]), generator)
    else:
        strip = generator.uniform(0.3, 0.5)
        box(canvas, (0, strip, 1, 0.07), np.array([0.55, 0.56, 0.57]))
        box(canvas, (0, strip + 0.07, 1, 0.012), np.array([0.2, 0.2, 0.21]))
        for x in generator.uniform(0, 1, 6):
            box(canvas, (x, strip + 0.015, 0.035, 0.035), generator.choice([0.15, 0.8]) * np.array([0.95, 1, 1]))

    # Curtain, monitor, bed and ceiling light
    if generator.random() < 0.75:
        width = generator.uniform(0.25, 0.55)
        left, rail = (-0.05 if side == 0 else 1.05 - width), generator.uniform(-0.1, 0.1)
        hanging_cloth(canvas, (left, rail, width, 1.3), accent, generator)
        box(canvas, (0, rail - 0.012, 1, 0.014), np.array([0.5, 0.5, 0.5]))
    if generator.random() < 0.6:
        monitor(canvas, _at(1 - side, 0.22, generator), generator)
    if generator.random() < 0.6:
        bed(canvas, generator)
    if generator.random() < 0.5:
        left, lean = generator.uniform(0.0, 0.6), generator.uniform(-0.1, 0.1)
        panel = np.array([(left, -0.02), (left + 0.4, -0.02), (left + 0.35 + lean, 0.07), (left + 0.08 + lean, 0.07)])
        polygon(canvas, panel, np.array([2.2, 2.3, 2.4]))
        glow(canvas, left + 0.2, 0.0, 0.3, np.array([0.12, 0.12, 0.12]))
    return defocus(canvas, blur)


def lamps(canvas: np.ndarray, accent: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """An evening: dim walls and furniture, and lights at many distances, each a disc of the lens's aperture."""
    # Dim walls and furniture, and the glow of nearby lamps
    walls(canvas, accent * 0.5, generator)
    for _ in range(5):
        width, height = generator.uniform((0.08, 0.15), (0.3, 0.5))
        left, foot = generator.uniform((-0.1, 0.6), (0.9, 1.1))
        box(canvas, (left, foot - height, width, height), accent * generator.uniform(0.15, 0.7))
    warm = TUNGSTEN * generator.uniform((0.8, 0.8, 0.5), (1.1, 1.1, 1.3))
    for x, y in generator.uniform((0, -0.1), (1, 0.6), (2, 2)):
        glow(canvas, x, y, generator.uniform(0.15, 0.35), warm * generator.uniform(0.05, 0.25))
    canvas = defocus(canvas, 1.5 * blur)

    # Lights out of focus
    size = blur / len(canvas)
    count = int(generator.integers(25, 60))
    far = generator.random(count)  # 0 for the nearest lamps
    places = np.stack([generator.random(count), generator.beta(1.3, 2.0, count)], axis=1)
    tints = np.array([warm, warm * (1.0, 0.8, 0.6), (1.0, 1.0, 1.05), (1.1, 0.35, 0.2), (0.4, 0.8, 0.9)])
    colours = tints[generator.choice(5, count, p=[0.45, 0.25, 0.18, 0.07, 0.05])]
    strength = np.minimum(np.exp(generator.normal(-1.0, 0.9, count)), 3)
    discs(canvas, places, size * (0.35 + 0.9 * far), colours * strength[:, None])

    # Perhaps a string of bulbs
    start, end, sag = generator.uniform((0.0, 0.0, 0.02), (0.4, 0.4, 0.2))
    along = np.linspace(-0.05, 1.05, generator.integers(9, 20))
    if generator.random() < 0.5:
        string = np.stack([along, start + (end - start) * along + sag * 4 * along * (1 - along)], axis=1)
        bulbs = warm * generator.uniform(0.5, 1.2, (len(along), 1))
        discs(canvas, string, np.full(len(along), size * 0.7), bulbs)
    return canvas


def _at(side: int, width: float, generator: np.random.Generator) -> float:
    """The left edge of an object to the left (0) or right (1) of the head, partly hidden or out of the picture."""
    inner = generator.uniform(0.16, 0.36)
    return float(inner - width if side == 0 else 1 - inner)
