"""From labels to what the network is asked for."""

from __future__ import annotations

import numpy as np

from painctl.pain.action_units import HIGHEST


def activations(units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
    """Of `units` [E, 6] and their asymmetry [E, 6]: float32 [E, 12] in the order of `network.CONTROLS`.

    A unit of intensity i acts with i / 5 (1 + a) on the left and i / 5 (1 - a) on the right; AU43 with 0 or 1.
    """
    share = np.asarray(units) / np.array(HIGHEST)
    sides = np.stack([share * (1 + asymmetry), share * (1 - asymmetry)], 2)
    return sides.reshape(len(share), -1).astype(np.float32)
