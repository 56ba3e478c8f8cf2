"""The order in which a person's neutral frames serve as references for a face in pain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np


def same_view_first(neutrals: Iterable[int], view: int, views: Sequence[int] | np.ndarray) -> list[int]:
    """Rows of neutral frames: those of `view` first, then the others by view; `views` holds the view of each row."""
    return sorted(neutrals, key=lambda row: (views[row] != view, views[row]))
