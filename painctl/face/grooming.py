"""Drawing haircut and clothing given gender, age group and ethnicity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.runs.draws import draws

CUTS = (
    "bald", "receding", "buzz", "crop", "side part", "swept back", "afro", "bob", "long", "tied",
    "fade", "forward", "quiff", "pixie", "permed", "fringe bob", "fringe", "bun", "plaits", "braids",
)  # fmt: skip
GARMENTS = ("crew neck", "v-neck", "scoop neck", "turtleneck", "hospital gown")

# Odds of the haircuts.
_CUT_ODDS = {
    ("young", "man"): {
        "bald": 3,
        "receding": 2,
        "buzz": 12,
        "crop": 18,
        "fade": 16,
        "forward": 9,
        "quiff": 8,
        "side part": 14,
        "swept back": 10,
        "long": 4,
        "tied": 2,
        "bun": 2,
    },
    ("elderly", "man"): {
        "bald": 14,
        "receding": 34,
        "buzz": 10,
        "crop": 14,
        "forward": 3,
        "side part": 15,
        "swept back": 10,
    },
    ("young", "woman"): {
        "pixie": 5,
        "bob": 17,
        "fringe bob": 9,
        "long": 28,
        "fringe": 13,
        "tied": 12,
        "bun": 10,
        "plaits": 6,
    },
    ("elderly", "woman"): {
        "pixie": 16,
        "permed": 28,
        "bob": 26,
        "fringe bob": 8,
        "long": 7,
        "fringe": 2,
        "tied": 4,
        "bun": 9,
    },
}
_BLACK_ODDS = {
    ("young", "man"): {"bald": 8, "receding": 2, "buzz": 34, "crop": 8, "fade": 22, "afro": 18, "braids": 8},
    ("elderly", "man"): {"bald": 18, "receding": 26, "buzz": 32, "crop": 10, "afro": 14},
    ("young", "woman"): {
        "buzz": 2, "afro": 20, "braids": 24, "bun": 16, "bob": 12, "long": 12, "fringe": 4, "fringe bob": 3, "tied": 7,
    },
    ("elderly", "woman"): {
        "buzz": 2, "permed": 28, "afro": 16, "bob": 18, "fringe bob": 6, "bun": 14, "braids": 8, "tied": 8,
    },
}  # fmt: skip

# Shortest and longest hair of each haircut, metres.
_LENGTHS = {
    "bald": (0.0, 0.0),
    "receding": (0.008, 0.020),
    "buzz": (0.003, 0.007),
    "crop": (0.018, 0.034),
    "side part": (0.045, 0.070),
    "swept back": (0.060, 0.095),
    "afro": (0.025, 0.055),
    "bob": (0.14, 0.19),
    "long": (0.25, 0.34),
    "tied": (0.16, 0.24),
    "fade": (0.020, 0.042),
    "forward": (0.045, 0.065),
    "quiff": (0.050, 0.075),
    "pixie": (0.060, 0.085),
    "permed": (0.050, 0.075),
    "fringe bob": (0.14, 0.19),
    "fringe": (0.25, 0.34),
    "bun": (0.20, 0.30),
    "plaits": (0.25, 0.34),
    "braids": (0.20, 0.34),
}
_CURLS = {"afro": (1.0, 1.0), "permed": (0.60, 0.80)}  # least and most curl of these haircuts
_RELAXED = (0.05, 0.70)  # likewise of long hair that grows coiled: many straighten it

# Odds of straight, wavy, curly and coiled hair, after Loussouarn et al., "Worldwide diversity of hair curliness",
# International Journal of Dermatology 2007, whose eight types are merged in pairs.
_CURLINESS = {
    "Latino": (0.45, 0.40, 0.15, 0.0),
    "Middle Eastern": (0.35, 0.45, 0.20, 0.0),
    "South Asian": (0.45, 0.45, 0.10, 0.0),
    "White": (0.50, 0.40, 0.10, 0.0),
    "East Asian": (0.88, 0.12, 0.0, 0.0),
    "Black": (0.0, 0.0, 0.25, 0.75),
}

_GARMENT_ODDS = {"man": (38, 16, 0, 6, 40), "woman": (24, 18, 14, 8, 36)}
# Linear RGB of dyed cloth, and of hospital gowns.
_CLOTHS = np.array(
    [
        (0.62, 0.61, 0.58), (0.035, 0.036, 0.040), (0.10, 0.11, 0.13), (0.030, 0.050, 0.110), (0.22, 0.045, 0.045),
        (0.060, 0.120, 0.075), (0.34, 0.27, 0.18), (0.20, 0.24, 0.30), (0.42, 0.20, 0.22), (0.11, 0.20, 0.24),
    ],
    np.float32,
)  # fmt: skip
_GOWNS = np.array([(0.34, 0.46, 0.54), (0.40, 0.52, 0.47), (0.52, 0.55, 0.58)], np.float32)


@dataclass(frozen=True)
class Grooming:
    """Haircut and clothing of a person."""

    haircut: str  # one of CUTS
    hair_length: float  # metres
    hair_curl: float  # 0 straight, 1/3 wavy, 2/3 curly, 1 coiled
    garment: str  # one of GARMENTS
    cloth: np.ndarray  # float32 [3], linear RGB albedo


def draw_grooming(seed: int, index: int, age_group: str, gender: str, ethnicity: str) -> Grooming:
    """The grooming of person `index` of the run with this seed."""
    generator = draws(seed, index, "grooming")
    table = (_BLACK_ODDS if ethnicity == "Black" else _CUT_ODDS)[age_group, gender]
    odds = np.array([table.get(cut, 0) for cut in CUTS], float)
    cut = CUTS[generator.choice(len(CUTS), p=odds / odds.sum())]
    kind = generator.choice(4, p=_CURLINESS[ethnicity])
    curl = np.clip(kind / 3 + generator.normal(0, 0.06), 0, 1)
    curl = _worn_curl(cut, curl, draws(seed, index, "grooming/curl").random())
    length = generator.uniform(*_LENGTHS[cut])
    garment_odds = np.array(_GARMENT_ODDS[gender], float)
    garment = GARMENTS[generator.choice(len(GARMENTS), p=garment_odds / garment_odds.sum())]
    cloths = _GOWNS if garment == "hospital gown" else _CLOTHS
    cloth = cloths[generator.integers(len(cloths))] * generator.uniform(0.85, 1.15, 3)
    return Grooming(
        haircut=cut,
        hair_length=float(np.float32(length)),
        hair_curl=float(np.float32(curl)),
        garment=garment,
        cloth=cloth.astype(np.float32),
    )


def _worn_curl(cut: str, natural: float, share: float) -> float:
    """The curl of hair that is permed, relaxed, or left as it grows; `share` is a random number in 0..1."""
    if cut in _CURLS:
        low, high = _CURLS[cut]
    elif natural > _RELAXED[1] and _LENGTHS[cut][1] > 0.1:
        low, high = _RELAXED
    else:
        return natural
    return low + share * (high - low)
