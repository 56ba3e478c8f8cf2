"""The per-vertex heatmap of an expression, which shows where and how far the face moved, and its colours."""

from __future__ import annotations

import cv2
import numpy as np

# Displacement of full heat, as a share of the distance between the eyeballs. It is about 9 mm on an adult, which the
# strongest unit reaches on an average head at full intensity.
FULL_HEAT = 0.14


def heatmap(neutral: np.ndarray, deformed: np.ndarray, interocular: float) -> np.ndarray:
    """Heat of each vertex, float32 [..., V] in 0..1.

    heat = min(1, |v - v0| / (0.14 d)), where v0 and v are a vertex of the head without and with the six units,
    [..., V, 3] each, in metres, and d is the distance between the centres of the eyeballs, `interocular`, in metres.
    Without them the head is the neutral, or moved by other actions alone, which cause no heat.

    The scale depends on the person's size and not on the expression: a mild expression is cooler than a strong one,
    maps of different people are comparable, and below full heat, heat x 0.14 d is the displacement in metres. The
    neutral head is exactly 0.
    """
    displacement = np.linalg.norm(np.asarray(deformed, np.float64) - neutral, axis=-1)
    return np.minimum(1, displacement / (FULL_HEAT * interocular)).astype(np.float32)


def colourise(heat: np.ndarray) -> np.ndarray:
    """Heat [...] in 0..1 in the published colours, from black over red and yellow to white: uint8 RGB [..., 3].

    Each channel rises over a third of the range, so that red + green + blue = 765 x heat, up to rounding.
    """
    codes = np.rint(765 * np.clip(heat, 0, 1)).astype(np.uint16)
    return cv2.merge([cv2.LUT(codes.ravel(), channel) for channel in _CHANNELS]).reshape(*codes.shape, 3)


_CHANNELS = [np.clip(np.arange(1 << 16) - darker, 0, 255).astype(np.uint8) for darker in (0, 255, 510)]
