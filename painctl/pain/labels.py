"""What the label of a frame is: PSPI, the part of it that is coded, or a pain level."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np

from painctl.pain.action_units import ACTION_UNITS, pspi

PSPI: Final = "PSPI"
PAIN_LEVEL: Final = "pain level"  # of the stimulus: 0 for none, then 1 to 4
_PARTS: Final = (("AU4",), ("AU6", "AU7"), ("AU9", "AU10"), ("AU43",))  # of PSPI; of each the highest counts


def coded_pspi(units: np.ndarray) -> np.ndarray:
    """PSPI [...] of action units [..., 6], in which units that are not coded (NaN) do not count."""
    return pspi(np.nan_to_num(units))


def score_name(coded: Collection[str]) -> str:
    """The name of `coded_pspi` where only these units are coded, such as AU4 + AU6 + AU9; PSPI if all are."""
    if set(coded) >= set(ACTION_UNITS):
        return PSPI
    parts = [[unit for unit in part if unit in coded] for part in _PARTS]
    return " + ".join(part[0] if len(part) == 1 else f"max({', '.join(part)})" for part in parts if part)
