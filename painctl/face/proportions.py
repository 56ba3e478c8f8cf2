"""Mean proportions of adult faces by gender, age and ethnicity, as local changes of the open head.

The head model's own mean has a long nose, a short chin, a low mouth, half-closed eyes and, in women, a man's jaw. These
changes bring the mean of each gender to the proportions of photographed adults at rest: distances between landmarks in
the frontal view, relative to the distance between the eyes. The corners of the mouth, the lids and men's brows are set
a little higher than in the mean photograph, in which many people look stern.

All values are in Anny's units of -1..1; a name without `l-` or `r-` stands for both sides.
"""

from __future__ import annotations

import numpy as np

# name: (man, woman)
_GENDER: dict[str, tuple[float, float]] = {
    "cheek-trans-up": (-0.16, 0.11),
    "cheek-volume-incr": (0.30, -0.42),
    "cheek-bones-incr": (0.00, 0.14),
    "chin-height-incr": (0.14, 0.03),
    "chin-bones-incr": (0.45, 0.10),
    "chin-width-incr": (0.08, -0.22),
    "eyebrows-angle-up": (0.34, 0.06),
    "eyebrows-trans-up": (0.20, 0.05),
    "eye-corner1-up": (-0.15, -0.10),
    "eye-corner2-up": (0.00, -0.15),
    "eye-height1-incr": (0.27, 0.30),
    "eye-height2-incr": (0.42, 0.40),
    "eye-height3-incr": (0.31, 0.18),
    "eye-scale-incr": (-0.20, 0.02),
    "eye-trans-up": (0.10, 0.00),
    "eye-trans-out": (-0.28, 0.24),
    "head-scale-vert-incr": (-0.07, 0.00),
    "head-scale-horiz-incr": (0.16, -0.08),
    "mouth-angles-up": (0.08, 0.16),
    "mouth-lowerlip-height-incr": (-0.13, 0.00),
    "mouth-scale-horiz-incr": (-0.14, 0.00),
    "mouth-trans-up": (0.52, 0.11),
    "mouth-upperlip-middle-up": (0.10, 0.00),
    "mouth-lowerlip-middle-up": (-0.30, -0.35),
    "mouth-lowerlip-width-incr": (-0.08, -0.08),
    "nose-nostrils-angle-up": (0.09, 0.09),
    "nose-nostrils-width-incr": (0.00, -0.07),
    "nose-scale-vert-incr": (-0.23, 0.00),
    "nose-scale-horiz-incr": (0.00, -0.12),
    "nose-trans-up": (0.36, 0.00),
    "nose-trans-out": (0.00, -0.18),
    "nose-point-up": (0.05, -0.15),
    "nose-base-up": (0.12, -0.06),
    "measure-neck-circ-incr": (0.00, -0.30),
    "neck-scale-horiz-incr": (0.00, -0.20),
}
# What age adds, in full at 75 years: lids sink a little over the eye, bags form under it, the face loses volume and the
# ears lengthen. The corners of the mouth are lifted against the sagging of Anny's old heads, which look displeased.
_AGE: dict[str, float] = {
    "head-age-incr": 0.35,
    "eye-bag-incr": 0.30,
    "eye-height1-incr": -0.06,
    "eye-height2-incr": -0.10,
    "eye-height3-incr": -0.06,
    "nose-scale-vert-incr": -0.10,
    "mouth-angles-up": 0.08,
    "cheek-volume-incr": -0.10,
    "ear-scale-vert-incr": 0.15,
}

# Corrections of Anny's African and Asian heads, in proportion to a person's shares of these: (African, Asian)
_ORIGIN: dict[str, tuple[float, float]] = {
    "cheek-trans-up": (-0.09, -0.10),
    "cheek-volume-incr": (-0.38, 0.08),
    "chin-bones-incr": (0.00, 0.14),
    "chin-height-incr": (-0.12, 0.00),
    "chin-width-incr": (-0.20, 0.25),
    "eyebrows-angle-up": (-0.08, 0.12),
    "eyebrows-trans-up": (0.15, 0.60),
    "eye-corner1-up": (-0.09, -0.45),
    "eye-corner2-up": (-0.35, 0.26),
    "eye-height2-incr": (-0.12, -0.28),
    "eye-scale-incr": (-0.08, 0.20),
    "eye-trans-out": (0.15, -0.08),
    "eye-trans-up": (-0.25, -0.28),
    "head-scale-horiz-incr": (0.10, 0.30),
    "mouth-lowerlip-height-incr": (-0.10, -0.15),
    "mouth-lowerlip-middle-up": (0.00, -0.40),
    "mouth-lowerlip-volume-incr": (0.08, 0.32),
    "mouth-scale-horiz-incr": (0.22, 0.06),
    "mouth-scale-vert-incr": (0.00, -0.22),
    "mouth-upperlip-height-incr": (0.18, 0.06),
    "mouth-upperlip-middle-up": (0.08, -0.16),
    "mouth-upperlip-volume-incr": (0.05, 0.12),
    "mouth-upperlip-width-incr": (0.20, 0.00),
    "nose-base-up": (0.10, 0.18),
    "nose-nostrils-width-incr": (-0.15, 0.00),
    "nose-point-up": (0.00, 0.30),
    "nose-scale-horiz-incr": (0.00, 0.15),
    "nose-scale-vert-incr": (-0.08, 0.32),
    "nose-trans-out": (-0.12, 0.00),
    "nose-trans-up": (0.00, 0.25),
}


def mean_changes(years: float, gender: str, african: float, asian: float) -> dict[str, float]:
    """Mean local change by name, without `l-` and `r-`, given age and shares of origin; the mean of others is 0."""
    ageing = float(np.clip((years - 45) / 30, 0, 1.3))
    tables = (
        {name: values[gender == "woman"] for name, values in _GENDER.items()},
        {name: ageing * value for name, value in _AGE.items()},
        {name: african * values[0] + asian * values[1] for name, values in _ORIGIN.items()},
    )
    mean: dict[str, float] = {}
    for table in tables:
        for name, value in table.items():
            mean[name] = mean.get(name, 0.0) + value
    return mean
