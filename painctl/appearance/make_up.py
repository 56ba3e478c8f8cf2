"""Make-up: who wears how much of it, and how it colours the skin.

Most young and some elderly women wear some, fewer of them in a hospital gown; men wear none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.appearance.smoothstep import smoothstep
from painctl.appearance.texture_space import TextureSpace
from painctl.records import Identity
from painctl.runs.draws import draws

_WEARING = {"young": 0.75, "elderly": 0.35}  # share of the women of an age group
_IN_HOSPITAL = 0.3  # of that share, in a hospital gown
# Linear RGB: nude, rose, coral, red, berry, plum.
_LIPSTICKS = (
    (0.33, 0.15, 0.13), (0.34, 0.11, 0.13), (0.42, 0.11, 0.09), (0.32, 0.03, 0.035), (0.19, 0.03, 0.055),
    (0.12, 0.032, 0.055),
)  # fmt: skip
_LIPSTICK_ODDS = (0.27, 0.30, 0.12, 0.14, 0.11, 0.06)
_BLUSHES = ((0.48, 0.16, 0.15), (0.45, 0.20, 0.15), (0.40, 0.13, 0.16))
_SHADOWS = ((0.16, 0.10, 0.075), (0.10, 0.075, 0.07), (0.20, 0.12, 0.11), (0.09, 0.08, 0.10))


@dataclass(frozen=True)
class MakeUp:
    """How much of each product is worn, 0..1, and its colour, linear RGB."""

    foundation: float = 0.0
    lipstick: float = 0.0
    blush: float = 0.0
    shadow: float = 0.0
    liner: float = 0.0
    pencil: float = 0.0  # on the brows
    lipstick_colour: tuple[float, ...] = _LIPSTICKS[0]
    blush_colour: tuple[float, ...] = _BLUSHES[0]
    shadow_colour: tuple[float, ...] = _SHADOWS[0]


def make_up(person: Identity) -> MakeUp:
    """The make-up of a person."""
    generator = draws(person.seed, person.identity, "make-up")
    share = _WEARING[person.age_group] * (_IN_HOSPITAL if person.garment == "hospital gown" else 1)
    if person.gender != "woman" or generator.random() >= share:
        return MakeUp()
    level = generator.uniform(0.35, 1.0)

    def amount(odds: float) -> float:
        return float(generator.random() < odds) * level * generator.uniform(0.6, 1.0)

    return MakeUp(
        foundation=amount(0.7),
        lipstick=amount(0.8),
        blush=amount(0.6),
        shadow=amount(0.55),
        liner=amount(0.75),
        pencil=amount(0.7),
        lipstick_colour=_LIPSTICKS[generator.choice(len(_LIPSTICKS), p=_LIPSTICK_ODDS)],
        blush_colour=_BLUSHES[generator.integers(len(_BLUSHES))],
        shadow_colour=_SHADOWS[generator.integers(len(_SHADOWS))],
    )


def paint_make_up(space: TextureSpace, albedo: np.ndarray) -> np.ndarray:
    """Albedo [C, 3] of skin with blush, eye shadow and lipstick on it; brows and lash line are facial hair."""
    worn, region = make_up(space.person), space.regions
    layers = (
        (0.30 * worn.blush, _cheekbones, worn.blush_colour),
        (0.55 * worn.shadow, _upper_lids, worn.shadow_colour),
        (0.85 * worn.lipstick, lambda _: smoothstep(region["lips"], 0.25, 0.7), worn.lipstick_colour),
    )
    light = np.clip(albedo[space.face_texels].mean() / 0.3, 0.3, 1.2)  # products are chosen to go with the skin
    for strength, where, colour in layers:
        if strength:
            albedo = albedo + strength * where(space)[:, None] * (light * np.array(colour, np.float32) - albedo)
    return albedo.astype(np.float32)


def _cheekbones(space: TextureSpace) -> np.ndarray:
    """Where blush goes [C]: from the apple of the cheek up towards the ear."""
    landmarks = space.landmarks
    points = space.points[space.face_texels]
    near = []
    for eye, jaw in ((36, 2), (45, 14)):
        apple = 0.55 * landmarks[eye] + 0.45 * landmarks[jaw] - (0, 0.006, 0)
        near.append((((points - apple) / (0.017, 0.012, 0.03)) ** 2).sum(1))
    return space.scatter(space.face_texels, np.exp(-np.minimum(*near)) * space.regions["face"][space.face_texels])


def _upper_lids(space: TextureSpace) -> np.ndarray:
    """Where eye shadow goes [C]: from the upper lid towards the brow, strongest at the lashes."""
    landmarks = space.landmarks
    points = space.points[space.face_texels]
    near = []
    for lid in (landmarks[36:40], landmarks[42:46]):
        centre = lid[1:3].mean(0) + np.array((0, 0.002, 0), np.float32)
        near.append((((points - centre) / (0.0145, 0.0060, 0.02)) ** 2).sum(1))
    above = smoothstep(points[:, 1] - landmarks[[36, 39, 42, 45], 1].mean(), -0.001, 0.003)
    return space.scatter(space.face_texels, np.exp(-np.minimum(*near)) * above)
