"""Drawing haircut and clothing given gender, age group and ethnicity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.runs.draws import draws

CUTS = ("bald", "receding", "buzz", "crop", "side part", "swept back", "afro", "bob", "long", "tied")
GARMENTS = ("crew neck", "v-neck", "scoop neck", "turtleneck", "hospital gown")

# Odds of the haircuts, in the order of CUTS.
_CUT_ODDS = {
    ("young", "man"): (3, 2, 18, 34, 24, 15, 0, 0, 4, 0),
    ("elderly", "man"): (14, 34, 12, 18, 14, 8, 0, 0, 0, 0),
    ("young", "woman"): (0, 0, 1, 4, 0, 3, 0, 30, 46, 16),
    ("elderly", "woman"): (0, 0, 1, 26, 4, 6, 0, 44, 10, 9),
}
_BLACK_ODDS = {
    ("young", "man"): (8, 2, 50, 12, 0, 0, 28, 0, 0, 0),
    ("elderly", "man"): (18, 26, 32, 8, 0, 0, 16, 0, 0, 0),
    ("young", "woman"): (1, 0, 5, 4, 0, 0, 27, 18, 28, 17),
    ("elderly", "woman"): (1, 0, 7, 12, 0, 0, 30, 26, 8, 16),
}

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
    "tied": (0.16, 0.20),
}

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
    odds = np.array((_BLACK_ODDS if ethnicity == "Black" else _CUT_ODDS)[age_group, gender], float)
    cut = CUTS[generator.choice(len(CUTS), p=odds / odds.sum())]
    kind = generator.choice(4, p=_CURLINESS[ethnicity])
    curl = np.clip(kind / 3 + generator.normal(0, 0.06), 0, 1)
    length = generator.uniform(*_LENGTHS[cut])
    garment_odds = np.array(_GARMENT_ODDS[gender], float)
    garment = GARMENTS[generator.choice(len(GARMENTS), p=garment_odds / garment_odds.sum())]
    cloths = _GOWNS if garment == "hospital gown" else _CLOTHS
    cloth = cloths[generator.integers(len(cloths))] * generator.uniform(0.85, 1.15, 3)
    return Grooming(
        haircut=cut,
        hair_length=float(np.float32(length)),
        hair_curl=float(np.float32(1.0 if cut == "afro" else curl)),
        garment=garment,
        cloth=cloth.astype(np.float32),
    )
