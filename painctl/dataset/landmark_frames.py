"""The frames of a packed dataset with their exact landmarks, to train the aligner and the face encoder on."""

from __future__ import annotations

import numpy as np

from painctl.images.encode import decode_rgb
from painctl.records import SPLITS
from painctl.shard.reader import Shard


class LandmarkFrames:
    """All frames of a dataset's people, neutral ones too, as `aligner.samples.LandmarkSource` and `PersonSource`."""

    def __init__(self, shard: Shard, split: str | None = None) -> None:
        """`split` is that of the people: train, val or test; None for all. Raises ShardError unless it is a dataset."""
        shard.require("identities", "frames", "split")
        self._shard = shard
        person = shard.read("frames", "identity_row")
        part = np.array(SPLITS)[shard.read("split", "split")[person]]
        self._rows = np.flatnonzero(np.ones(len(part), bool) if split is None else part == split)
        self.people = np.unique(person[self._rows], return_inverse=True)[1]  # of each frame, counted from 0
        read = shard.read
        self._points, self._visible = read("frames", "landmarks"), read("frames", "landmarks_visible")
        self._yaw, self._pitch = read("frames", "yaw"), read("frames", "pitch")

    def __len__(self) -> int:
        return len(self._rows)

    def picture(self, i: int) -> np.ndarray:
        """Frame i, RGB uint8 [H, W, 3]."""
        row = int(self._rows[i])
        return decode_rgb(self._shard.read("frames", "image", row), f"{self._shard.path}: frame in row {row}")

    def points(self, i: int) -> np.ndarray:
        """Landmarks [68, 2] of frame i, pixels with centres at half integers."""
        points: np.ndarray = self._points[self._rows[i]]
        return points

    def labels(self, i: int) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Landmarks [68, 2] of frame i, pixels; which are visible, bool [68]; yaw and pitch, degrees."""
        row = self._rows[i]
        return self._points[row], self._visible[row], float(self._yaw[row]), float(self._pitch[row])
