"""Drawing a person given age group, gender and ethnicity: shape of the head, colours, grooming."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from painctl.face.grooming import draw_grooming
from painctl.face.head import HeadModel
from painctl.records import Identity
from painctl.runs.draws import draws

_YEARS = {"young": (20.0, 40.0), "elderly": (65.0, 85.0)}

# Volume fraction of melanosomes in the epidermis, 5th and 95th percentile. It is 1.3 to 6.3 % in lightly, 11 to 16 % in
# moderately and 18 to 43 % in darkly pigmented skin (Jacques, "Origins of tissue optical properties",
# 1998); the ethnicities in between follow the order of measured skin colour (del Bino and Bernerd, Br J Dermatol 2013).
_MELANIN = {
    "Latino": (0.045, 0.13),
    "Middle Eastern": (0.040, 0.11),
    "South Asian": (0.085, 0.21),
    "White": (0.013, 0.040),
    "East Asian": (0.025, 0.065),
    "Black": (0.19, 0.38),
}

# Albedo in linear RGB, from brown to blue, and weights by ethnicity.
_IRISES = np.array(
    [(0.030, 0.014, 0.007), (0.075, 0.036, 0.014), (0.110, 0.080, 0.035), (0.105, 0.118, 0.075), (0.110, 0.155, 0.190)],
    np.float32,
)
_IRIS_WEIGHTS = {
    "Latino": (0.5, 0.4, 0.07, 0.02, 0.01),
    "Middle Eastern": (0.45, 0.4, 0.11, 0.03, 0.01),
    "South Asian": (0.75, 0.25, 0, 0, 0),
    "White": (0.15, 0.2, 0.17, 0.13, 0.35),
    "East Asian": (0.75, 0.25, 0, 0, 0),
    "Black": (0.8, 0.2, 0, 0, 0),
}

# Albedo in linear RGB: black, dark brown, brown, auburn, blond.
_HAIRS = np.array(
    [(0.008, 0.007, 0.006), (0.018, 0.011, 0.007), (0.050, 0.027, 0.013), (0.090, 0.032, 0.012), (0.240, 0.150, 0.065)],
    np.float32,
)
_HAIR_WEIGHTS = {
    "Latino": (0.5, 0.4, 0.1, 0, 0),
    "Middle Eastern": (0.6, 0.35, 0.05, 0, 0),
    "South Asian": (0.92, 0.08, 0, 0, 0),
    "White": (0.05, 0.35, 0.35, 0.07, 0.18),
    "East Asian": (0.92, 0.08, 0, 0, 0),
    "Black": (0.95, 0.05, 0, 0, 0),
}
_GREY = np.array((0.19, 0.175, 0.16), np.float32)  # darker than a single strand, since strands shade each other


def draw_identity(
    head: HeadModel, seed: int, index: int, age_group: str, gender: str, ethnicity: str, years: float | None = None
) -> Identity:
    """Person `index` of the run with this seed, independent of all others. Their age is drawn unless it is given."""
    generator = draws(seed, index, "identity")
    drawn = generator.uniform(*_YEARS[age_group])
    years = drawn if years is None else years
    coefficients = head.draw(generator, index, years, age_group, gender, ethnicity)
    melanin = _log_normal(generator, *_MELANIN[ethnicity])
    return Identity(
        name=f"s{seed}-{index:05d}",
        seed=seed,
        identity=index,
        age_group=age_group,
        age=float(np.float32(years)),
        gender=gender,
        ethnicity=ethnicity,
        prompt=f"{'An' if age_group == 'elderly' else 'A'} {age_group} {ethnicity} {gender} with a neutral expression",
        coefficients=coefficients,
        melanin=float(np.float32(melanin)),
        haemoglobin=float(np.float32(_log_normal(generator, 0.005, 0.012))),
        iris=_iris(generator, ethnicity),
        hair=_hair(generator, ethnicity, years),
        **asdict(draw_grooming(seed, index, age_group, gender, ethnicity)),
    )


def _log_normal(generator: np.random.Generator, low: float, high: float) -> float:
    """Log-normal with these 5th and 95th percentiles, clipped at 10 % beyond them."""
    middle, half = np.log(low * high) / 2, np.log(high / low) / 2
    return float(np.exp(np.clip(generator.normal(middle, half / 1.645), np.log(0.9 * low), np.log(1.1 * high))))


def _iris(generator: np.random.Generator, ethnicity: str) -> np.ndarray:
    colour = _IRISES[generator.choice(5, p=_IRIS_WEIGHTS[ethnicity])]
    return (colour * generator.uniform(0.8, 1.25)).astype(np.float32)


def _hair(generator: np.random.Generator, ethnicity: str, years: float) -> np.ndarray:
    colour = _HAIRS[generator.choice(5, p=_HAIR_WEIGHTS[ethnicity])] * generator.uniform(0.8, 1.25)
    grey = np.clip((years - 40) / 32 + generator.normal(0, 0.15), 0, 1) if years > 45 else 0.0
    white = _GREY * generator.uniform(0.85, 1.7)
    return (colour + grey * (white - colour)).astype(np.float32)
