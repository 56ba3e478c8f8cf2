"""How likely the vectors of action units of one PSPI are.

`uniform`: all the same. Each unit then has every intensity about as often as another, and as often with the others as
without them, so a model can learn each by itself; but AU43, which only has one intensity, is in half of the faces.

`natural`: by how often people in pain show each intensity. The frequencies are those of UNBC-McMaster, 8,369 frames
with a PSPI above 0 of 25 people with shoulder pain who moved their arms (Lucey et al., "Painful data: the UNBC-McMaster
shoulder pain expression archive database", 2011; the scale is that of Prkachin and Solomon, Pain 139, 2008). Any of the
six units makes PSPI positive, so all their frames are among those. How the units go together is not tabulated there:
they are taken to be independent of each other in pain, and then chosen to give the PSPI, which is our interpolation.
Mild pain is then mostly about the eyes, and stronger pain recruits brow and lip as well: the four actions that load
on one component in Prkachin and Solomon's patients, seldom all at once (Kunz, Meixner and Lautenbacher, Pain 160,
2019). One archive of one kind of pain is a narrow basis: AU4, AU9 and AU10, which the 2019 review finds as consistent
as the others, are rare in it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from painctl.pain.action_units import vectors_with_pspi

# Frames at intensities A to E (1 to 5), AU43 at 1, among PAIN_FRAMES.
PAIN_FRAMES: Final = 8369
FREQUENCIES: Final[dict[str, tuple[int, ...]]] = {
    "AU4": (202, 509, 225, 74, 64),
    "AU6": (1776, 1663, 1327, 681, 110),
    "AU7": (1362, 991, 608, 305, 100),
    "AU9": (93, 151, 68, 76, 35),
    "AU10": (171, 208, 64, 61, 21),
    "AU43": (2434,),
}


@cache
def probabilities(prior: str, score: int) -> np.ndarray:
    """The probabilities [N] of `vectors_with_pspi(score)` under a prior, uniform or natural; they add up to 1."""
    vectors = vectors_with_pspi(score)
    weights = np.ones(len(vectors))
    if prior == "natural":
        for unit, column in zip(FREQUENCIES, vectors.T, strict=True):
            weights *= shares(unit)[column]
    return weights / weights.sum()


def shares(unit: str) -> np.ndarray:
    """The share of frames with pain at each intensity of a unit, from 0 to the highest; they add up to 1."""
    counts = FREQUENCIES[unit]
    return np.array((PAIN_FRAMES - sum(counts), *counts)) / PAIN_FRAMES
