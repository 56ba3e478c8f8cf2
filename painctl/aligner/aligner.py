"""Locates the landmarks of a detected face, and frames it by them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from painctl.aligner.framing import compose, cut_frame, frame_of, inverse, moved
from painctl.aligner.network import DEGREES, WHOLE, LandmarkNet, Located, grey_levels

PASSES = 2  # the second starts from the frame that the first has found


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The landmarks of a face, in pixels of its picture, whose centres are at half integers."""

    points: np.ndarray  # float32 [68, 2], iBUG's order, also of landmarks that are hidden
    spread: np.ndarray  # float32 [68], expected absolute error of a coordinate, pixels
    visible: np.ndarray  # float32 [68], probability of being in the picture and hidden by nothing
    yaw: float  # degrees, of the head to its own left
    pitch: float  # degrees, positive looks up

    @cached_property
    def frame(self) -> np.ndarray:
        """The face's frame, see `framing.frame_of`."""
        return frame_of(self.points)

    @property
    def roll(self) -> float:
        """Degrees by which the face is tilted towards its left shoulder in the picture."""
        return float(np.degrees(np.arctan2(self.frame[0, 1], self.frame[0, 0])))

    @property
    def hidden(self) -> float:
        """The share of the landmarks that are hidden, 0..1."""
        return float(1 - self.visible.mean())

    def framed(self, image: np.ndarray) -> np.ndarray:
        """The face, cut from its picture upright, at about the resolution it has there: uint8 [S, S, 3]."""
        side = max(1, round(1 / np.sqrt(np.linalg.det(self.frame[:, :2]))))
        return cut_frame(image, self.frame, side)


@dataclass(frozen=True, eq=False)
class Aligner:
    """A trained network."""

    network: LandmarkNet

    def locate_in_frame(self, image: np.ndarray) -> Landmarks:
        """The landmarks of the face in the central square of a picture, framed about like painctl's own frames."""
        height, width = image.shape[:2]
        side = min(height, width)
        left, top = (width - side) // 2, (height - side) // 2
        return self.locate_from(image, np.array([[1 / side, 0, -left / side], [0, 1 / side, -top / side]]))

    def locate_from(self, image: np.ndarray, frame: np.ndarray) -> Landmarks:
        """The landmarks of the face of which `frame`, as of `frame_of`, is a first estimate."""
        for _ in range(PASSES):
            window = compose(whole_window(), frame)
            located = self._located(cut_frame(image, window, self.network.architecture.size))
            back = inverse(window)
            points = moved(back, located.points[0].double().numpy())
            frame = frame_of(points)
        pixels = np.sqrt(np.linalg.det(back[:, :2]))
        yaw, pitch = (DEGREES * located.pose[0]).tolist()
        return Landmarks(
            points.astype(np.float32),
            (pixels * located.spread[0]).numpy().astype(np.float32),
            located.visible[0].sigmoid().numpy(),
            yaw,
            pitch,
        )

    def _located(self, window: np.ndarray) -> Located:
        with torch.inference_mode():
            located: Located = self.network(grey_levels(torch.from_numpy(window)[None]))
        return located


def whole_window() -> np.ndarray:
    """The similarity [2, 3] from a face's frame to the window that the network sees."""
    x, y, side = WHOLE
    return np.array([[1 / side, 0, 0.5 - x / side], [0, 1 / side, 0.5 - y / side]])
