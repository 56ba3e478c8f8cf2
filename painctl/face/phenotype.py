"""Anny's phenotypes as blendshape weights, reimplemented in numpy (anny/models/phenotype.py, Apache-2.0).

Each macro blendshape belongs to a combination of variations such as old x male x maxmuscle x asian. Its weight is the
product of the person's shares of these variations. A share is piecewise linear between the anchors of its phenotype.
"""

from __future__ import annotations

import numpy as np

ORIGINS = ("african", "asian", "caucasian")

# In the order of the columns of anny's mask, after the origins. Gender: 0 is male, 1 female. Age: newborn, baby,
# child, young (25 years), old (90 years). Cup size and firmness do not affect the head and stay at 0.5.
_ANCHORS = {
    "gender": (0.0, 1.0),
    "age": (-1 / 3, 0.0, 1 / 3, 2 / 3, 1.0),
    "muscle": (0.0, 0.5, 1.0),
    "weight": (0.0, 0.5, 1.0),
    "height": (0.0, 1.0),
    "proportions": (0.0, 1.0),
    "cupsize": (0.0, 0.5, 1.0),
    "firmness": (0.0, 0.5, 1.0),
}
PHENOTYPES = (*(name for name in _ANCHORS if name not in ("cupsize", "firmness")), *ORIGINS)


def macro_weights(phenotypes: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Weights [M] of the macro blendshapes.

    `phenotypes` float [9] are in the order of `PHENOTYPES`, each 0..1; origins may have any scale, they are normalised.
    `mask` bool [M, 26] marks the variations that each blendshape combines.
    """
    value = dict(zip(PHENOTYPES, phenotypes, strict=True))
    origins = np.array([value[name] for name in ORIGINS])
    shares: list = [origins / origins.sum()]
    for name, anchors in _ANCHORS.items():
        shares.append([np.interp(value.get(name, 0.5), anchors, hat) for hat in np.eye(len(anchors))])
    return np.where(mask, np.concatenate(shares), 1.0).prod(1)
