"""The interface of a rig."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Rig(Protocol):
    """Deforms heads of one topology of V vertices."""

    def deform(
        self, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray, activations: np.ndarray | None = None
    ) -> np.ndarray:
        """Vertices of E expressions of one person, float32 [E, V, 3], in the frame and unit of the neutral.

        `neutral` [V, 3]; `units` int [E, 6], as in `pain.action_units`; `asymmetry` float [E, 6], as from
        `pain.sampling.draw_asymmetry`. A unit of intensity i acts with i / 5 of its full strength: PSPI, a sum of
        intensities, reads the FACS scale in the same way. `activations` float [E, A], 0..1, are those of the topology's
        actions beyond the six units, 0 where None; their displacements are added to those of the units, and the eyes
        turn with eyeLook. With neither the result is exactly the neutral. Raises ValueError for a neutral that the rig
        cannot deform.
        """
