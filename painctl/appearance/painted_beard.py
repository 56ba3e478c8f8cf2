"""Stubble and beards as colour in the texture; the hairs that stand off the skin are in beard_hairs.py."""

from __future__ import annotations

import numpy as np

from painctl.appearance.beards import HIGHEST, beard_cover, beard_length, beard_style, density, in_zone
from painctl.appearance.noise import grain
from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.strokes import draw_strokes, stroke_paths
from painctl.appearance.texture_space import TextureSpace

_HAIRS = 3200  # lines of a whole beard
_GROUND = 0.65  # strength of the stubble under a beard, between whose hairs little skin shows


def paint_beard(space: TextureSpace) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coverage by stubble, by roots under the skin and by the hairs of a beard, each [C]; zero in women."""
    person, region = space.person, space.regions
    if person.gender != "man":
        return (np.zeros(len(space.points), np.float32),) * 3
    style, generator = beard_style(person), space.draws("beard")
    amount = generator.uniform(0.03, 0.22) ** 1.1 * density(person)  # what grows again within a day
    if beard_length(person) and not style.bearded:
        amount = generator.uniform(0.22, 0.55) * density(person)
    follicles = smoothstep(space.texels.gather(grain(space.draws("beard/follicles"), space.size, 1.0)), -1.2, 1.6)
    patches = 1 + 0.25 * space.field(generator, 0.008)
    lower = np.flatnonzero(
        (region["face"] + region["neck"] > 0) & (space.points[:, 1] < space.landmarks[30, 1] + HIGHEST)
    )
    points, members = space.points[lower], {name: values[lower] for name, values in region.items()}
    edge = -0.003 * space.field(generator, 0.012)[lower]
    cover = np.clip(beard_cover(points, space.landmarks, members, edge) * patches[lower], 0, 1)
    dark = 1 - smoothstep(person.hair.max(), 0.02, 0.2)  # fair roots are invisible
    grown = in_zone(points, space.landmarks, style.zone) * style.bearded
    stubble = (_GROUND * grown + amount * (1 - grown)) * cover * (0.35 + 0.65 * follicles[lower])
    hairs = np.zeros(len(space.points), np.float32)
    if style.bearded:
        hairs = _hairs(space, lower, cover * grown, generator)
    return space.scatter(lower, stubble), space.scatter(lower, (0.25 + amount) * dark * cover), hairs


def _hairs(space: TextureSpace, texels: np.ndarray, cover: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Coverage 0..1 [C] by hairs that point down and away from the lips.

    They grow in `texels` int [N] with density `cover` [N].
    """
    odds = smoothstep(cover, 0.25, 0.9) * space.area[texels]
    roots = texels[generator.choice(len(texels), _HAIRS, p=odds / odds.sum())]
    sideways = np.clip(space.points[roots, 0] / 0.05, -1, 1)
    heading = np.stack([0.5 * sideways, np.full(len(roots), -1.0), np.zeros(len(roots))], 1)
    heading = heading + 0.35 * generator.standard_normal((2, *heading.shape)) * (1, 1, 0)
    length = generator.uniform(0.004, 0.009, len(roots))
    hairs = draw_strokes(space, stroke_paths(space, roots, heading, length, generator))
    return 0.85 * hairs * space.scatter(texels, smoothstep(cover, 0.05, 0.25))  # keeps hairs off the lips
