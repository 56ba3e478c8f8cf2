"""Hair close to the scalp, as colour in the texture: the ground under the strands, and the hairline.

Thousands of lines one or two hairs wide follow the combed direction of the haircut, over a ground as dark as the inside
of hair, so that no skin shows between strands and the hairline consists of single hairs. A terminal hair is 0.06 to
0.09 mm across; 200 to 300 grow on a square centimetre (Robbins, "Chemical and physical behavior of human hair", 2012).
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.haircuts import combed
from painctl.appearance.noise import grain
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.strokes import draw_strokes, stroke_paths
from painctl.appearance.texture_space import TextureSpace

_FINE = 2048  # texels across the texture on which lines are drawn
_LINES = {"buzz": 14000, "receding": 5000}  # number of lines by haircut
_DEFAULT_LINES = 8000  # for the other haircuts
_BUZZ_LENGTH, _LENGTH = 0.004, 0.020  # of a line, metres
_TONES = (0.55, 1.0, 1.5)  # of lines, as multiples of the hair's colour
_GROUND = 0.5  # likewise


def paint_scalp(space: TextureSpace, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] with the scalp's hair over the skin; on a bald head, only a shade of stubble."""
    generator = space.draws("scalp")
    edge = space.regions["scalp"] + 0.10 * space.field(generator, 0.006)
    remaining = _remaining(space, generator)
    colour = space.person.hair
    if space.person.haircut == "bald":
        shade = (
            generator.uniform(0.15, 0.35)
            * smoothstep(edge, 0.10, 1.0)
            * smoothstep(space.regions["scalp"], 0.02, 0.2)
            * remaining
        )
        stubble = space.texels.gather(grain(generator, space.size, 1.2))
        shade = np.clip(shade + 0.5 * stubble * shade * (1 - shade), 0, 1)[:, None]
        return albedo + shade * (colour - albedo)
    cover = 0.80 if space.person.haircut == "buzz" else 0.97
    ground = (cover * smoothstep(edge, 0.35, 0.95) * remaining)[:, None]
    albedo = albedo + ground * (_GROUND * colour - albedo)
    paths = _lines(space, edge, remaining, generator)
    tone = generator.integers(len(_TONES), size=len(paths))
    for number, strength in enumerate(_TONES):
        lines = 0.9 * draw_strokes(space, paths[tone == number], _FINE)[:, None]
        albedo = albedo + lines * (strength * colour - albedo)
    return albedo


def _remaining(space: TextureSpace, generator: np.random.Generator) -> np.ndarray:
    """The share of hair not lost to baldness, 0..1 [C]: heads go bald from the crown."""
    if space.person.haircut not in ("bald", "receding"):
        return np.ones(len(space.points), np.float32)
    crown = space.points[:, 1] + 0.45 * np.clip(space.points[:, 2], None, 0)
    return 1 - 0.93 * smoothstep(crown + 0.004 * space.field(generator, 0.01), -0.01, 0.035)


def _lines(space: TextureSpace, edge: np.ndarray, remaining: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Combed hairs as paths [N, 3, 2] over the texture, (column, row) in texels."""
    person = space.person
    odds = (
        smoothstep(edge, 0.05, 0.6)
        * smoothstep(space.regions["scalp"], 0.02, 0.2)
        * smoothstep(remaining, 0.2, 0.9)
        * space.area
    )
    count = _LINES.get(person.haircut, _DEFAULT_LINES)
    roots = generator.choice(len(odds), count, p=odds / odds.sum())
    length = (_BUZZ_LENGTH if person.haircut == "buzz" else _LENGTH) * generator.uniform(0.5, 1.1, count)
    length *= 0.35 + 0.65 * smoothstep(edge[roots], 0.1, 0.6)  # vellus hair at the hairline
    heading = combed(person, space.points[roots].astype(float))
    heading = heading + 0.18 * generator.standard_normal((2, *heading.shape))
    heading /= np.linalg.norm(heading, axis=2, keepdims=True)
    return stroke_paths(space, roots, heading, length, generator)
