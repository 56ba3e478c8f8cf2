"""Hair close to the scalp, as colour in the texture: the ground that strands grow over, and the hairline.

Thousands of lines a hair or two wide lie along the combed direction of the cut, over a ground that is as dark as hair
is inside, so that no skin shows between strands and the hairline is made of single hairs. A terminal hair is 0.06 to
0.09 mm across; 200 to 300 grow on a square centimetre (Robbins, "Chemical and physical behavior of human hair", 2012).
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.hairstyle import combed
from painctl.appearance.noise import grain, smoothstep
from painctl.appearance.strokes import drawn, strokes
from painctl.appearance.texture_space import TextureSpace

_FINE = 2048  # texels on which lines are drawn
_LINES = {"buzz": 14000, "receding": 5000}
_USUAL = 8000
_CROPPED, _LAID = 0.004, 0.020  # metres of a line
_TONES = (0.55, 1.0, 1.5)  # of the hair's colour
_GROUND = 0.5


def paint_scalp(canvas: TextureSpace, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the scalp's hair over the skin; no more than its shade where the head is bald."""
    generator = canvas.draws("scalp")
    edge = canvas.regions["scalp"] + 0.10 * canvas.field(generator, 0.006)
    kept = _kept(canvas, generator)
    colour = canvas.person.hair
    if canvas.person.haircut == "bald":
        shade = (
            generator.uniform(0.15, 0.35)
            * smoothstep(edge, 0.10, 1.0)
            * smoothstep(canvas.regions["scalp"], 0.02, 0.2)
            * kept
        )
        strands = canvas.texels.gather(grain(generator, canvas.size, 1.2))
        shade = np.clip(shade + 0.5 * strands * shade * (1 - shade), 0, 1)[:, None]
        return albedo + shade * (colour - albedo)
    thin = 0.80 if canvas.person.haircut == "buzz" else 0.97
    ground = (thin * smoothstep(edge, 0.35, 0.95) * kept)[:, None]
    albedo = albedo + ground * (_GROUND * colour - albedo)
    paths = _lines(canvas, edge, kept, generator)
    tone = generator.integers(len(_TONES), size=len(paths))
    for number, strength in enumerate(_TONES):
        cover = 0.9 * drawn(canvas, paths[tone == number], _FINE)[:, None]
        albedo = albedo + cover * (strength * colour - albedo)
    return albedo


def _kept(canvas: TextureSpace, generator: np.random.Generator) -> np.ndarray:
    """The share of hair that the years have left, 0..1 [C]: heads grow bald from the crown."""
    if canvas.person.haircut not in ("bald", "receding"):
        return np.ones(len(canvas.points), np.float32)
    crown = canvas.points[:, 1] + 0.45 * np.clip(canvas.points[:, 2], None, 0)
    return 1 - 0.93 * smoothstep(crown + 0.004 * canvas.field(generator, 0.01), -0.01, 0.035)


def _lines(canvas: TextureSpace, edge: np.ndarray, kept: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Combed hairs as paths [N, 3, 2] over texels (column, row) of the canvas."""
    person = canvas.person
    odds = (
        smoothstep(edge, 0.05, 0.6)
        * smoothstep(canvas.regions["scalp"], 0.02, 0.2)
        * smoothstep(kept, 0.2, 0.9)
        * canvas.area
    )
    count = _LINES.get(person.haircut, _USUAL)
    roots = generator.choice(len(odds), count, p=odds / odds.sum())
    length = (_CROPPED if person.haircut == "buzz" else _LAID) * generator.uniform(0.5, 1.1, count)
    length *= 0.35 + 0.65 * smoothstep(edge[roots], 0.1, 0.6)  # down at the hairline
    heading = combed(person, canvas.points[roots].astype(float))
    heading = heading + 0.18 * generator.standard_normal((2, *heading.shape))
    heading /= np.linalg.norm(heading, axis=2, keepdims=True)
    return strokes(canvas, roots, heading, length, generator)
