"""Walls and furniture of indoor backgrounds, drawn on a canvas as in painting.py."""

from __future__ import annotations

import numpy as np

from painctl.render.painting import Rectangle, box, clouds, glow, polygon, shade_box

TUNGSTEN = np.array([1.25, 0.95, 0.6])  # light of a lamp, relative to the light of the room
_BOOKS = np.array([(0.45, 0.41, 0.33), (0.06, 0.06, 0.07), (0.25, 0.05, 0.04), (0.06, 0.10, 0.20), (0.20, 0.12, 0.06),
                   (0.08, 0.14, 0.10), (0.55, 0.54, 0.50), (0.42, 0.27, 0.08), (0.20, 0.22, 0.24)])  # fmt: skip


def walls(canvas: np.ndarray, accent: np.ndarray, generator: np.random.Generator, shaded: float = 0.65) -> None:
    """A back wall and a side wall in perspective, with skirting board, floor and ceiling."""
    paint = canvas[0, 0].astype(float)
    canvas *= (1 + 0.12 * (clouds(generator, 3, len(canvas)) - 0.5))[..., None]
    corner, floor, ceiling = generator.uniform((0.04, 0.72, -0.3), (0.32, 1.1, 0.06))
    slope = generator.uniform(0.3, 0.8)
    left = np.array([(0, ceiling - slope * corner), (corner, ceiling), (corner, floor), (0, floor + slope * corner)])
    ground = np.array([(0, floor + slope * corner), (corner, floor), (1, floor), (1, 1.5), (0, 1.5)])
    above = np.array([(0, ceiling - slope * corner), (corner, ceiling), (1, ceiling), (1, -1), (0, -1)])
    shade_box(canvas, (corner, 0, 1 - corner, 1), across=generator.uniform((0.75, 0.9, 0.7), (0.9, 1.1, 1.1)))
    polygon(canvas, left, paint * generator.uniform(shaded, 1.0))
    shade_box(canvas, (0, 0, corner, 1), across=np.array([1.1, 0.85]), down=np.array([1.05, 0.85]))
    polygon(canvas, above, np.minimum(paint * 1.15, 0.75))
    polygon(canvas, ground, accent * generator.uniform(0.6, 1.3))
    skirting = floor - 0.035
    polygon(canvas, np.array([(corner, skirting), (1, skirting), (1, floor), (corner, floor)]), paint * 0.8)
    if generator.random() < 0.5:
        canvas[:] = canvas[:, ::-1].copy()


def door(canvas: np.ndarray, left: float, accent: np.ndarray, generator: np.random.Generator) -> None:
    """A panelled door in its frame."""
    leaf = accent if generator.random() < 0.5 else np.array([0.62, 0.61, 0.58])
    top, width = generator.uniform(-0.1, 0.12), 0.34
    box(canvas, (left - 0.03, top - 0.03, width + 0.06, 1.3), np.minimum(leaf * 1.25, 0.7))
    box(canvas, (left, top, width, 1.3), leaf * 0.85)
    for row in (0.05, 0.5):
        for column in (0.04, 0.19):
            box(canvas, (left + column, top + row, 0.11, 0.38), leaf * 0.65)
            box(canvas, (left + column + 0.01, top + row + 0.01, 0.1, 0.37), leaf * 0.95)
    shade_box(canvas, (left, top, width, 1.3), across=generator.uniform(0.75, 1.1, 2))
    box(canvas, (left + 0.3, top + 0.55, 0.02, 0.05), np.array([0.9, 0.85, 0.7]))


def shelves(canvas: np.ndarray, left: float, accent: np.ndarray, generator: np.random.Generator) -> None:
    """Shelves of books, with gaps."""
    width, gap = 0.38, generator.uniform(0.17, 0.24)
    top = generator.uniform(-0.2, 0.1)
    box(canvas, (left, top, width, 1.4), accent * generator.uniform(0.35, 0.7))
    for row in range(6):
        foot = top + (row + 1) * gap
        x = left + 0.015
        while x < left + width - 0.03:
            wide = generator.uniform(0.012, 0.035)
            tall = gap * generator.uniform(0.55, 0.85)
            if generator.random() < 0.82:
                cover = _BOOKS[generator.integers(len(_BOOKS))] * generator.uniform(0.4, 1.5)
                box(canvas, (x, foot - tall, wide, tall), cover)
            x += wide
        box(canvas, (left, foot, width, 0.018), accent * 1.2)
    shade_box(canvas, (left, top, width, 1.4), across=generator.uniform(0.7, 1.1, 2))


def curtain(canvas: np.ndarray, left: float, accent: np.ndarray, generator: np.random.Generator) -> None:
    """A curtain, undyed or in a brighter accent colour."""
    cloth = np.array([0.55, 0.52, 0.47]) * generator.uniform(0.5, 1.1) if generator.random() < 0.6 else accent * 1.2
    hanging_cloth(canvas, (left, -0.1, 0.36, 1.3), cloth, generator)


def hanging_cloth(canvas: np.ndarray, rectangle: Rectangle, colour: np.ndarray, generator: np.random.Generator) -> None:
    """A hanging cloth with folds of uneven width."""
    width = rectangle[2]
    box(canvas, rectangle, colour)
    folds = max(int(width / generator.uniform(0.035, 0.06)), 3)
    light = np.empty(2 * folds)
    light[0::2], light[1::2] = generator.uniform(0.95, 1.25, folds), generator.uniform(0.5, 0.85, folds)
    phase = np.cumsum(generator.uniform(0.6, 1.4, 2 * folds))
    even = np.interp(np.linspace(phase[0], phase[-1], 64), phase, light)
    shade_box(canvas, rectangle, across=even, down=np.array([0.95, 1.05, 0.9]))


def picture_frame(canvas: np.ndarray, left: float, generator: np.random.Generator) -> None:
    """A framed and mounted picture on the wall."""
    width, height = generator.uniform((0.1, 0.1), (0.24, 0.3))
    x, y = left, generator.uniform(0.03, 0.4)
    box(canvas, (x, y, width, height), generator.choice([0.03, 0.15, 0.6]) * np.array([1, 0.9, 0.8]))
    box(canvas, (x + 0.012, y + 0.012, width - 0.024, height - 0.024), np.array([0.7, 0.69, 0.66]))
    rim = generator.uniform(0.015, 0.035)
    picture = generator.uniform(0.08, 0.5) * generator.uniform(0.6, 1.2, (2, 3))
    cut = generator.uniform(0.3, 0.7)
    box(canvas, (x + rim, y + rim, width - 2 * rim, height - 2 * rim), picture[0])
    box(canvas, (x + rim, y + cut * height, width - 2 * rim, (1 - cut) * height - rim), picture[1])


def cabinet(canvas: np.ndarray, left: float, colour: np.ndarray, generator: np.random.Generator) -> None:
    """A cabinet or the back of a sofa, with objects on it."""
    top = generator.uniform(0.62, 0.82)
    box(canvas, (left, top, 0.42, 0.6), colour)
    shade_box(canvas, (left, top, 0.42, 0.6), across=generator.uniform(0.7, 1.1, 2), down=np.array([1.1, 0.6]))
    box(canvas, (left - 0.01, top, 0.44, 0.02), colour * 1.4)
    for x in left + generator.uniform(0.02, 0.36, 3):
        wide, tall = generator.uniform((0.02, 0.03), (0.07, 0.14))
        box(canvas, (x, top - tall, wide, tall), generator.uniform(0.05, 0.5) * generator.uniform(0.6, 1.2, 3))


def lamp(canvas: np.ndarray, x: float, generator: np.random.Generator) -> None:
    """A lamp with a fabric shade, and its light on the wall."""
    y, size = generator.uniform(0.25, 0.6), generator.uniform(0.05, 0.09)
    glow(canvas, x, y, generator.uniform(0.16, 0.3), TUNGSTEN * generator.uniform(0.15, 0.4))
    box(canvas, (x - 0.008, y, 0.016, 1.0), np.array([0.05, 0.045, 0.04]))
    shade = np.array(
        [(x - 0.6 * size, y - size), (x + 0.6 * size, y - size), (x + size, y + size), (x - size, y + size)]
    )
    polygon(canvas, shade, TUNGSTEN * generator.uniform(1.0, 1.8))


def monitor(canvas: np.ndarray, left: float, generator: np.random.Generator) -> None:
    """A patient monitor on an arm, with traces on a dark screen."""
    top = generator.uniform(0.08, 0.4)
    box(canvas, (left + 0.1, top, 0.025, 0.9), np.array([0.45, 0.46, 0.47]))
    box(canvas, (left, top, 0.24, 0.18), np.array([0.5, 0.5, 0.49]))
    box(canvas, (left + 0.015, top + 0.015, 0.21, 0.14), np.array([0.015, 0.025, 0.04]))
    for row, colour in enumerate(((0.08, 0.45, 0.15), (0.45, 0.4, 0.08), (0.08, 0.35, 0.45), (0.4, 0.4, 0.4))):
        y, bright = top + 0.03 + 0.032 * row, np.array(colour) * generator.uniform(0.3, 1.2)
        for x in left + 0.025 + 0.0125 * np.arange(12):
            box(canvas, (x, y + generator.uniform(-0.008, 0.008), 0.013, 0.005), bright)
        box(canvas, (left + 0.19, y - 0.006, 0.025, 0.014), bright)
    glow(canvas, left + 0.12, top + 0.09, 0.1, np.array([0.02, 0.04, 0.05]))


def bed(canvas: np.ndarray, generator: np.random.Generator) -> None:
    """The raised head of a bed with a pillow behind the shoulders, and a barred rail."""
    top = generator.uniform(0.68, 0.85)
    box(canvas, (-0.1, top + 0.06, 1.2, 0.5), np.array([0.62, 0.65, 0.68]))
    shade_box(canvas, (0, top + 0.06, 1, 0.5), across=generator.uniform(0.8, 1.1, 4))
    left, right = generator.uniform(-0.1, 0.1), generator.uniform(0.9, 1.1)
    for x in np.linspace(left, right, generator.integers(6, 10)):
        box(canvas, (x, top, 0.014, 0.3), np.array([0.5, 0.51, 0.52]))
    box(canvas, (left, top, right - left, 0.028), np.array([0.72, 0.73, 0.73]))
