"""The styles of men's facial hair: how often each occurs, and where on the face it grows. Lengths are metres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from painctl.appearance.smoothstep import smoothstep
from painctl.records import Identity
from painctl.runs.draws import draws


@dataclass(frozen=True)
class BeardStyle:
    """Facial hair of one style."""

    shortest: float  # hair, metres; 0 for a shaven face
    longest: float
    zone: str = "all"  # lip, mouth, all: where hair is left to grow
    hairs: int = 0  # that stand off the skin

    @property
    def bearded(self) -> bool:
        return self.hairs > 0


STYLES = {
    "shaven": BeardStyle(0.0, 0.0),
    "stubble": BeardStyle(0.001, 0.002),
    "moustache": BeardStyle(0.007, 0.011, "lip", 700),
    "goatee": BeardStyle(0.007, 0.016, "mouth", 1500),
    "short beard": BeardStyle(0.005, 0.011, "all", 3800),
    "full beard": BeardStyle(0.016, 0.040, "all", 3800),
}
HIGHEST = 0.025  # metres above the tip of the nose over which no beard grows
# Odds of the styles, in their order.
_ODDS = {"young": (38, 27, 4, 8, 15, 8), "elderly": (52, 15, 9, 6, 10, 8)}
_DENSITY = {"East Asian": 0.45, "Black": 0.8, "Middle Eastern": 1.3, "South Asian": 1.2}  # relative to all others


def density(person: Identity) -> float:
    """Density of a man's beard, relative to the average of those not named in `_DENSITY`."""
    return _DENSITY.get(person.ethnicity, 1.0)


def beard_style(person: Identity) -> BeardStyle:
    """The style of a person's facial hair: shaven, for a woman."""
    if person.gender != "man":
        return STYLES["shaven"]
    odds = np.array(_ODDS[person.age_group], float)
    odds[1:] *= density(person)
    name = draws(person.seed, person.identity, "beard/style").choice(list(STYLES), p=odds / odds.sum())
    return STYLES[str(name)]


def beard_length(person: Identity) -> float:
    """Length of the hair of a person's beard, metres."""
    style = beard_style(person)
    return float(draws(person.seed, person.identity, "beard/length").uniform(style.shortest, style.longest))


def beard_cover(
    points: np.ndarray, landmarks: np.ndarray, regions: Mapping[str, np.ndarray], edge: np.ndarray
) -> np.ndarray:
    """Density 0..1 [N] with which a beard grows at points [N, 3] of a face with `landmarks` [68, 3].

    `regions` are memberships [N] of the points in face, neck, lips and ears. `edge` [N], metres, lowers the upper edge,
    which runs from under the nose to the front of the ears, over the hollow of the cheek.
    """
    x, y, z = points.T
    nose, mouth, chin = landmarks[33, 1], landmarks[62, 1], landmarks[8, 1]
    wide = np.abs(x) / np.abs(landmarks[54, 0])
    top = nose - 0.002 - 0.012 * smoothstep(wide, 0.5, 1.1) + 0.022 * smoothstep(wide, 1.6, 2.6) - edge
    cover = smoothstep((top - y) / (1 - 0.5 * (1 - smoothstep(wide, 1.0, 1.6))), -0.008, 0.013) * smoothstep(
        y - chin, -0.045, -0.012
    )
    below = mouth - y
    bare = np.exp(-((wide / 0.35) ** 2)) * smoothstep(below, 0.009, 0.012) * (1 - smoothstep(below, 0.014, 0.018))
    cover = cover * (regions["face"] + 0.6 * regions["neck"]).clip(0, 1) * (1 - smoothstep(regions["lips"], 0.1, 0.4))
    ear = landmarks[[0, 16], 2].mean()  # no beard grows behind it
    return cover * (1 - 0.7 * bare) * (1 - regions["ears"]) * smoothstep(z, ear - 0.015, ear - 0.002)


def in_zone(points: np.ndarray, landmarks: np.ndarray, zone: str) -> np.ndarray:
    """How far points [N, 3] are where a style lets hair grow: on the upper lip, around the mouth, or all; 0..1 [N]."""
    wide = np.abs(points[:, 0]) / np.abs(landmarks[54, 0])
    above = points[:, 1] - landmarks[62, 1]
    if zone == "lip":
        return smoothstep(above, 0.000, 0.003) * (1 - smoothstep(wide, 1.05, 1.30))
    if zone == "mouth":
        chin = smoothstep(points[:, 1] - landmarks[8, 1], -0.022, -0.010)
        return chin * (1 - smoothstep(wide, 1.05 + 0.10 * (above < 0), 1.35))
    jaw = landmarks[8:17]
    line = np.interp(np.abs(points[:, 0]), jaw[:, 0], jaw[:, 1])  # necks are shaved
    return smoothstep(points[:, 1] - line, -0.024, -0.008)
