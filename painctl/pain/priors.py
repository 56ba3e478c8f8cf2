"""How likely the vectors of action units of one PSPI are.

`uniform`: all the same. Each unit then has every intensity about as often as another, and about as often with the other
units as without them, so that a model can learn each by itself; but AU43, which only has one intensity, closes the eyes
of 44 % of the faces if PSPI is uniform on 0..16.

`natural`: by how often people in pain show each intensity. The frequencies are those reported for UNBC-McMaster, 8,369
frames with a PSPI above 0 of 25 people with shoulder pain who moved their arms (Lucey et al., "Painful data: the
UNBC-McMaster shoulder pain expression archive database", 2011; the scale is that of Prkachin and Solomon, Pain 139,
2008). They are quoted at second hand and were not counted in the archive's labels, which need a licence. Any of the six
units makes PSPI positive, so all their frames are among those.

Their co-occurrence is not tabulated there, and is our interpolation. AU43 is as frequent at each PSPI as in all
pain, 29 %, where the PSPI leaves a choice. The other five are taken to be independent of each other in pain, and then
have to give the PSPI: mild pain is mostly about the eyes, and stronger pain recruits brow, nose and lip as well. One
kind of pain is a narrow basis: AU4, AU9 and AU10, which Kunz, Meixner and Lautenbacher (Pain 160, 2019) list among the
actions that respond most consistently to pain, are rare in this archive. That is why `uniform` is the default.
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
    "AU10": (171, 208, 63, 61, 22),
    "AU43": (2434,),
}


@cache
def probabilities(prior: str, score: int) -> np.ndarray:
    """The probabilities [N] of `vectors_with_pspi(score)` under a prior, uniform or natural; they add up to 1."""
    vectors = vectors_with_pspi(score)
    if prior == "uniform":
        return np.full(len(vectors), 1 / len(vectors))
    weights = np.ones(len(vectors))
    for unit, column in zip(FREQUENCIES, vectors.T[:5], strict=False):
        weights *= shares(unit)[column]
    is_closed = vectors[:, 5] > 0
    for share, group in zip(shares("AU43"), (~is_closed, is_closed), strict=True):
        weights[group] *= share / max(weights[group].sum(), 1e-300)
    return weights / weights.sum()


def shares(unit: str) -> np.ndarray:
    """The share of frames with pain at each intensity of a unit, from 0 to the highest; they add up to 1."""
    counts = FREQUENCIES[unit]
    return np.array((PAIN_FRAMES - sum(counts), *counts)) / PAIN_FRAMES
