"""Training windows: faces of known landmarks, cut where a detector might have put them, as other cameras show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np

from painctl.aligner.aligner import whole_window
from painctl.aligner.framing import compose, cut_frame, displacement, frame_of, moved
from painctl.aligner.network import DEGREES
from painctl.face.landmarks import MIRROR
from painctl.images.photographed import EFFECTS, photographed
from painctl.runs.draws import draws

_SHIFT, _STRETCH, _DEGREES, _TILTED = 0.07, 0.18, 12.0, 50.0
UNCHANGED: Final = -1  # as an epoch: nothing but the place of the window


class LandmarkSource(Protocol):
    """N square pictures, framed like painctl's own, with the landmarks of the face in each."""

    def __len__(self) -> int: ...

    def picture(self, i: int) -> np.ndarray:
        """RGB uint8 [S, S, 3]."""

    def labels(self, i: int) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Landmarks [68, 2], pixels with centres at half integers; which are visible [68]; yaw and pitch, degrees."""


class Sample(NamedTuple):
    """A window, and what the network should say of it."""

    window: np.ndarray  # uint8 [S, S, 3]
    points: np.ndarray  # float32 [68, 2], over the window's side
    visible: np.ndarray  # float32 [68], 0 or 1
    pose: np.ndarray  # float32 [2], yaw and pitch


@dataclass(frozen=True, eq=False)
class Samples:
    """A source's windows; what is changed is drawn from (seed, picture, epoch)."""

    source: LandmarkSource
    size: int
    seed: int = 0

    def sample(self, i: int, epoch: int) -> Sample:
        """Picture `i` in an epoch, or in epoch -1, for validation, with nothing changed but the window's place.

        The window is where a first look would be, from the picture's frame, in half of the samples, and in the others
        where a second would be, from the frame of the landmarks. It is shifted (deviation 7 % of its side), scaled
        (18 %) and turned (12 degrees, in a tenth of the samples anywhere to 50).
        """
        image, (points, visible, yaw, pitch) = self.source.picture(i), self.source.labels(i)
        rng = draws(self.seed, i, f"window/{epoch}")
        mirror = bool(rng.random() < 0.5)
        if mirror:
            image, visible, yaw = np.ascontiguousarray(image[:, ::-1]), visible[list(MIRROR)], -yaw
            points = (points * [-1, 1] + [image.shape[1], 0])[list(MIRROR)]
        frame = np.eye(3)[:2] / len(image) if rng.random() < 0.5 else frame_of(points)
        window = compose(_displaced(rng), frame)
        cut = cut_frame(image, window, self.size)
        if epoch != UNCHANGED:
            cut = photographed(cut, EFFECTS, draws(self.seed, i, f"effects/{epoch}"))
        placed = moved(window, points)
        inside = ((placed >= 0) & (placed <= 1)).all(axis=1)
        return Sample(
            cut,
            placed.astype(np.float32),
            (visible & inside).astype(np.float32),
            np.array([yaw / DEGREES, pitch / DEGREES], np.float32),
        )


def _displaced(rng: np.random.Generator) -> np.ndarray:
    """The similarity [2, 3] from a face's frame to a window near its place."""
    x, y, stretch, degrees = rng.normal(0, [_SHIFT, _SHIFT, _STRETCH, _DEGREES])
    if rng.random() < 0.1:
        degrees = rng.uniform(-_TILTED, _TILTED)
    return compose(displacement(x, y, stretch.clip(-0.5, 0.5), degrees), whole_window())
