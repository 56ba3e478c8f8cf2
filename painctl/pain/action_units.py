"""The six pain action units and PSPI, the Prkachin and Solomon Pain Intensity score.

Arrays of action units are in the order of `ACTION_UNITS`: AU4, AU6, AU7, AU9 and AU10 with FACS intensities 0..5
(absent, then A to E), and AU43, eyes closed, 0 or 1.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import numpy as np

ACTION_UNITS = ("AU4", "AU6", "AU7", "AU9", "AU10", "AU43")
HIGHEST = (5, 5, 5, 5, 5, 1)  # maximum intensity of each unit
MAX_PSPI = 16


def pspi(units: np.ndarray) -> np.ndarray:
    """PSPI [...] of action units [..., 6], 0..16.

    AU4 + max(AU6, AU7) + max(AU9, AU10) + AU43 (Prkachin and Solomon, Pain 139, 2008).
    """
    au4, au6, au7, au9, au10, au43 = np.moveaxis(np.asarray(units), -1, 0)
    return au4 + np.maximum(au6, au7) + np.maximum(au9, au10) + au43


@cache
def vectors_with_pspi(score: int) -> np.ndarray:
    """All vectors of action units with this PSPI, int [N, 6], in lexicographic order.

    Raises ValueError outside 0..16.
    """
    if not 0 <= score <= MAX_PSPI:
        raise ValueError(f"PSPI {score} is not between 0 and {MAX_PSPI}")
    all_vectors = np.array(list(product(*(range(highest + 1) for highest in HIGHEST))))
    return all_vectors[pspi(all_vectors) == score]


def parse_action_units(text: str) -> np.ndarray:
    """Parse `AU4=3,AU6=2` to int [6]; missing units are 0. Raises ValueError that quotes the invalid part."""
    units = np.zeros(len(ACTION_UNITS), int)
    parsed = set()
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        if name not in ACTION_UNITS:
            raise ValueError(f"--au {part}: unknown action unit; the units are {', '.join(ACTION_UNITS)}")
        index = ACTION_UNITS.index(name)
        if not re.fullmatch(r"\d", value) or int(value) > HIGHEST[index]:
            raise ValueError(f"--au {part}: {name} must be a whole number from 0 to {HIGHEST[index]}")
        if name in parsed:
            raise ValueError(f"--au {text}: {name} is given twice")
        parsed.add(name)
        units[index] = int(value)
    return units


def parse_pspi(text: str) -> tuple[int, int]:
    """Parse `LOW:HIGH`, ends included, or a single value, to (low, high). Raises ValueError that quotes the text."""
    match = re.fullmatch(r"(\d{1,2})(?::(\d{1,2}))?", text)
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if not low <= high <= MAX_PSPI:
        raise ValueError(f"--pspi {text}: expected a value or LOW:HIGH between 0 and {MAX_PSPI}, such as 4:16")
    return low, high


def parse_scores(text: str) -> list[int]:
    """Parse `4,8,12` to the PSPI of each expression. Raises ValueError that quotes the text."""
    parts = text.split(",")
    if not all(re.fullmatch(r"\d{1,2}", part) and int(part) <= MAX_PSPI for part in parts):
        raise ValueError(
            f"--pspi {text}: expected values between 0 and {MAX_PSPI}, separated by commas, such as 4,8,12"
        )
    return [int(part) for part in parts]


def parse_weights(text: str, low: int, high: int) -> list[float]:
    """Parse one weight for each PSPI from low to high, not all 0. Raises ValueError that says what is wrong."""
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"--pspi-weights {text}: expected numbers separated by commas") from None
    if len(weights) != high - low + 1:
        raise ValueError(f"--pspi-weights: got {len(weights)} weights for the {high - low + 1} scores {low} to {high}")
    if not (min(weights) >= 0 and 0 < sum(weights) < np.inf):
        raise ValueError(f"--pspi-weights {text}: weights must be 0 or more, and not all 0")
    return weights
