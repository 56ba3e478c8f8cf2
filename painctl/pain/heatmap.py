"""Where a face moved: the per-vertex heatmap of an expression, and its colours."""

from __future__ import annotations

import numpy as np

# A displacement of this share of the distance between the eyeballs is full heat: about 9 mm on an adult, which the
# strongest unit of an average head reaches at full intensity.
FULL_HEAT = 0.14


def heatmap(neutral: np.ndarray, deformed: np.ndarray, interocular: float) -> np.ndarray:
    """Heat of each vertex, float32 [..., V] in 0..1.

    heat = min(1, |v - v0| / (0.14 d)), where v0 and v are a vertex of the neutral [V, 3] and of the deformed head
    [..., V, 3] in metres and d is the distance between the centres of the eyeballs, `interocular`, in metres.

    The scale is the person's own size and nothing of the expression's: a mild face is cooler than a strong one, maps
    of different people compare, and heat x 0.14 d is again metres, below full heat. The neutral is exactly 0.
    """
    moved = np.linalg.norm(np.asarray(deformed, np.float64) - neutral, axis=-1)
    return np.minimum(1, moved / (FULL_HEAT * interocular)).astype(np.float32)


def colourise(heat: np.ndarray) -> np.ndarray:
    """Heat [...] in 0..1 as the published colours, black, red, yellow, white: uint8 RGB [..., 3].

    Each channel rises over a third of the range, so red + green + blue is 765 x heat, to rounding.
    """
    return _COLOURS[np.rint(765 * np.clip(heat, 0, 1)).astype(np.intp)]


_COLOURS = np.clip(np.arange(766)[:, None] - (0, 255, 510), 0, 255).astype(np.uint8)
