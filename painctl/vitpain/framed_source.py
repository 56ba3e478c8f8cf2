"""Faces framed by their landmarks: upright, and all of one size and in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from painctl.aligner.framing import cut_frame
from painctl.aligner.shipped import shipped_aligner
from painctl.vitpain.sources import Kind, PreparedSource


@dataclass(frozen=True, eq=False)
class FramedSource(PreparedSource):
    """A source with its faces framed by landmarks that painctl's aligner locates, as those of any photograph are.

    The source's own landmarks, even if exact, are not used: a model is trained on faces as it will be given them.
    """

    _frames: dict[tuple[Kind, int], np.ndarray] = field(default_factory=dict)  # that were located, as of `frame_of`

    def prepared(self, kind: Kind, key: int, side: int) -> np.ndarray:
        image = getattr(self.source, kind)(key)
        if (kind, key) not in self._frames:
            self._frames[kind, key] = shipped_aligner().locate_in_frame(image).frame
        return cut_frame(image, self._frames[kind, key], side or min(image.shape[:2]))
