"""Training windows: faces framed by their landmarks as well as the aligner can, as other cameras show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from painctl.aligner.aligner import whole_window
from painctl.aligner.framing import compose, cut_frame, displacement, frame_of
from painctl.images.photographed import EFFECTS, photographed
from painctl.runs.draws import draws

_SHIFT, _STRETCH, _DEGREES = 0.02, 0.04, 2.5  # deviations; about the aligner's errors
UNCHANGED: Final = -1  # as an epoch: nothing is changed


class PersonSource(Protocol):
    """N square pictures of faces with their landmarks, each of one of K people."""

    people: np.ndarray  # int [N], 0..K-1

    def __len__(self) -> int: ...

    def picture(self, i: int) -> np.ndarray:
        """RGB uint8 [S, S, 3]."""

    def points(self, i: int) -> np.ndarray:
        """Landmarks [68, 2], pixels with centres at half integers."""


@dataclass(frozen=True, eq=False)
class Samples:
    """A source's windows; what is changed is drawn from (seed, picture, epoch)."""

    source: PersonSource
    size: int
    seed: int = 0

    def window(self, i: int, epoch: int) -> np.ndarray:
        """The window of picture `i` in an epoch, uint8 [S, S, 3]; mirrored in half of the samples."""
        image, frame = self.source.picture(i), frame_of(self.source.points(i))
        if epoch == UNCHANGED:
            return window_of(image, frame, self.size)
        rng = draws(self.seed, i, f"likeness/{epoch}")
        moved = displacement(*rng.normal(0, [_SHIFT, _SHIFT, _STRETCH, _DEGREES]))
        cut = cut_frame(image, compose(moved, compose(whole_window(), frame)), self.size)
        if rng.random() < 0.5:
            cut = np.ascontiguousarray(cut[:, ::-1])
        return photographed(cut, EFFECTS, rng)


def window_of(image: np.ndarray, frame: np.ndarray, size: int) -> np.ndarray:
    """The window that the network sees of a face whose `frame` is as of `framing.frame_of`: uint8 [size, size, 3]."""
    return cut_frame(image, compose(whole_window(), frame), size)
