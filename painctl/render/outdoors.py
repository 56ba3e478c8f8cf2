"""Outdoor backgrounds: foliage at several distances, and a street.

Painters as in indoors.py. Far objects are painted and defocused first; nearer ones are painted over them and defocused
less, as by a lens.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.render.painting import box, clouds, defocus, discs, polygon, shade_box

_SKY = np.array([0.95, 1.05, 1.2])


def foliage(canvas: np.ndarray, accent: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """Trees with gaps of sky, sunlit and shaded leaves in front of them, and grass or a path below."""
    # Distant trees, sky and lawn
    size, leaves = len(canvas), canvas[0, 0].copy()
    down = np.linspace(0, 1, size, dtype=np.float32)[:, None]
    shade = 0.4 * clouds(generator, 4, size) + 0.6 * clouds(generator, 12, size)
    sun = np.clip(clouds(generator, 5, size) * 1.6 - 0.5, 0, 1)
    canvas[:] = leaves * (0.25 + 1.2 * shade[..., None]) + accent * (0.9 * sun * shade)[..., None]
    reach = generator.uniform(0.2, 0.9)  # how far down the sky is visible
    gaps = np.clip(
        (clouds(generator, 7, size) * 0.6 + clouds(generator, 22, size) * 0.6 - 0.35 - down / reach) * 5, 0, 1
    )
    bright = _SKY * generator.uniform(0.9, 1.8)
    canvas += gaps[..., None] * (bright.astype(np.float32) - canvas)
    ground = generator.uniform(0.65, 1.1)
    lawn = np.clip((down - ground) * 8, 0, 1)[..., None]
    canvas += lawn * (0.75 * accent * (0.7 + 0.6 * clouds(generator, 6, size))[..., None] - canvas)

    # Trunks
    for _ in range(generator.integers(0, 4)):
        x, wide, lean = generator.uniform((0, 0.015, -0.08), (1, 0.06, 0.08))
        trunk = np.array(
            [(x, -0.1), (x + wide, -0.1), (x + wide * 1.3 + lean, ground), (x - wide * 0.3 + lean, ground)]
        )
        polygon(canvas, trunk, np.array([0.07, 0.055, 0.04]) * generator.uniform(0.6, 2))
    canvas = defocus(canvas, 1.6 * blur)

    # Glints and nearer leaves
    count = int(generator.integers(10, 35))
    glints = np.stack([generator.random(count), generator.beta(1.2, 1.8, count)], axis=1)
    tint = np.where(generator.random((count, 1)) < 0.4, _SKY, accent * 3.5)
    radii, strengths = blur / size * generator.uniform(0.7, 1.7, count), generator.uniform(0.08, 0.45, (count, 1))
    discs(canvas, glints, radii, tint * strengths)
    for scale, count, sharp in ((0.016, 90, 1.0), (0.03, 45, 0.9)):
        _leaves(canvas, scale, count, (leaves, accent), generator)
        canvas = defocus(canvas, sharp * blur)
    return canvas


def street(canvas: np.ndarray, accent: np.ndarray, blur: float, generator: np.random.Generator) -> np.ndarray:
    """A street that leads away from the camera: facades on both sides, sky, a tree, cars, distant lights."""
    # Sky, distant buildings and road
    size, stone = len(canvas), canvas[0, 0].astype(float)
    sky = _SKY * generator.uniform(0.7, 1.5)
    canvas[:] = sky
    shade_box(canvas, (0, 0, 1, 1), down=np.array([1.05, 0.85]))
    away, horizon = generator.uniform((0.25, 0.5), (0.75, 0.68))
    haze = 0.5 * sky * 0.6 + 0.5 * stone
    for _ in range(5):
        x, wide, tall = generator.uniform((-0.1, 0.08, 0.03), (1.0, 0.25, 0.3))
        box(canvas, (x, horizon - tall, wide, tall + 0.1), haze * generator.uniform(0.6, 1.1))
    box(canvas, (0, horizon, 1, 1), np.array([0.22, 0.22, 0.22]) * generator.uniform(0.7, 1.5))
    shade_box(canvas, (0, horizon, 1, 1), down=np.array([1.4, 0.8]))
    canvas = defocus(canvas, blur)

    # Facades, cars and a tree
    sunlit = generator.permutation([generator.uniform(0.9, 1.4), generator.uniform(0.35, 0.7)])
    for side, wall, light in ((0.0, stone, sunlit[0]), (1.0, accent, sunlit[1])):
        _facades(canvas, side, away + (side - 0.5) * generator.uniform(0.15, 0.6), horizon, wall * light, generator)
    for x in generator.uniform(-0.1, 1.0, generator.integers(1, 5)):
        wide, tall = generator.uniform((0.1, 0.06), (0.25, 0.12))
        paint = generator.uniform(0.03, 0.5) * generator.uniform(0.6, 1.1, 3)
        box(canvas, (x, horizon + 0.06 - tall, wide, 0.08), paint)
        box(canvas, (x + 0.2 * wide, horizon + 0.03 - tall, 0.6 * wide, 0.05), paint * 0.5 + 0.08)
    if generator.random() < 0.6:
        leaf = np.array([0.08, 0.13, 0.05]) * generator.uniform(0.7, 1.5)
        centre = generator.choice([generator.uniform(-0.1, 0.25), generator.uniform(0.75, 1.1)])
        crown = generator.normal((centre, 0.2), (0.09, 0.12), (90, 2))
        for x, y in crown:
            _leaf(canvas, (x, y), generator.uniform(0.01, 0.04), 0.7, leaf * generator.uniform(0.4, 2.2), 0.0)
    canvas = defocus(canvas, 0.8 * blur)

    # Distant lights
    count = int(generator.integers(0, 14))
    tints = np.array([(1.2, 0.9, 0.6), (1.1, 1.05, 1.0), (1.2, 0.25, 0.15), (0.4, 1.0, 0.7)])
    colours = tints[generator.choice(4, count, p=[0.4, 0.35, 0.18, 0.07])] * np.exp(
        generator.normal(-1.3, 0.7, (count, 1))
    )
    places = np.stack([generator.random(count), generator.normal(horizon, 0.1, count)], axis=1)
    discs(canvas, places, blur / size * generator.uniform(0.5, 1.4, count), colours)
    return canvas


def _facades(
    canvas: np.ndarray, side: float, end: float, horizon: float, wall: np.ndarray, generator: np.random.Generator
) -> None:
    """A row of facades with windows, from a side of the picture (0 or 1) to x = `end`, towards the horizon."""
    near, far = generator.uniform((0.9, 0.3), (1.6, 0.55))  # heights of the roof above the horizon
    deep, edge = 0.5, 0.05

    def at(along: float, up: float) -> tuple[float, float]:
        x = side + (end - side) * along
        roof, foot = near + (far - near) * along, deep + (edge - deep) * along
        return x, horizon + foot - up * (roof + foot)

    polygon(canvas, np.array([at(0, 0), at(1, 0), at(1, 1), at(0, 1)]), wall)
    columns, rows = generator.integers(4, 9), generator.integers(4, 9)
    glass = _SKY * generator.uniform(0.04, 0.3)
    wide, tall = generator.uniform((0.35, 0.4), (0.6, 0.65))
    starts = 1 - (1 - np.arange(columns) / columns) ** 1.6
    for along, span in zip(starts, np.diff(starts, append=1), strict=True):
        a, b = along + (1 - wide) / 2 * span, along + (1 + wide) / 2 * span
        for row in range(rows):
            up, top = (row + 0.25) / rows, (row + 0.25 + tall) / rows
            middle = up + generator.uniform(0.3, 1) * (top - up)  # a blind or curtain above it
            pane = glass * generator.uniform(0.5, 1.6)
            polygon(canvas, np.array([at(a, up), at(b, up), at(b, middle), at(a, middle)]), pane)
            blind = pane * 1.8 if generator.random() < 0.6 else wall * 1.1
            polygon(canvas, np.array([at(a, middle), at(b, middle), at(b, top), at(a, top)]), blind)
    for row in range(1, rows):
        ledge = row / rows
        band = np.array([at(0, ledge), at(1, ledge), at(1, ledge + 0.015), at(0, ledge + 0.015)])
        polygon(canvas, band, wall * 1.15)


def _leaves(
    canvas: np.ndarray,
    scale: float,
    count: int,
    colours: tuple[np.ndarray, np.ndarray],
    generator: np.random.Generator,
) -> None:
    """Leaves of about the length `scale`, clustered on a few branches."""
    branches = generator.uniform((0, 0), (1, 1), (6, 2))
    places = branches[generator.integers(6, size=count)] + generator.normal(0, 0.1, (count, 2))
    shapes = generator.uniform((0.6 * scale, 0.3, 0), (1.5 * scale, 0.7, 180), (count, 3))
    colour = np.stack(colours)[generator.integers(2, size=count)] * generator.uniform(0.3, 2.2, (count, 1))
    for (x, y), (length, share, turn), paint in zip(places, shapes, colour, strict=True):
        _leaf(canvas, (x, y), length, share, paint, turn)


def _leaf(
    canvas: np.ndarray, place: tuple[float, float], length: float, share: float, colour: np.ndarray, turn: float
) -> None:
    """An ellipse with half axes `length` and `share * length`, turned by `turn` degrees."""
    size, (x, y) = 16 * len(canvas), place
    centre, axes = (round(x * size), round(y * size)), (round(length * size), round(share * length * size))
    cv2.ellipse(canvas, centre, axes, turn, 0, 360, colour.tolist(), cv2.FILLED, cv2.LINE_8, 4)
