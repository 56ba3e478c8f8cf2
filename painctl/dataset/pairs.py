"""A packed dataset as pairs for a model: each face in pain with the same person's neutral face, from the same view."""

from __future__ import annotations

import numpy as np

from painctl.images.encode import decode_rgb
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.neutrals import same_view_first
from painctl.records import SPLITS
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError

_GROUPS = ("age_group", "gender", "ethnicity")
NEUTRAL = "the same person's neutral frame of the same view"


class DatasetPairs:
    """Frames of a dataset's people, as `vitpain.sources.PairSource`. Neutral frames serve as references only."""

    def __init__(self, shard: Shard) -> None:
        """Raises ShardError if the shard is not a dataset, or has only neutral frames."""
        shard.require("identities", "expressions", "frames", "split")
        self._shard = shard
        expression, view, person = (shard.read("frames", name) for name in ("expression_row", "view", "identity_row"))
        number = shard.read("expressions", "expression")[expression]
        neutral: dict[int, list[int]] = {}
        for row in np.flatnonzero(number == 0).tolist():
            neutral.setdefault(person[row], []).append(row)
        self._rows = np.flatnonzero(number > 0)
        if not len(self._rows):
            raise ShardError(f"{shard.path}: only neutral frames; `painctl rig --expressions` adds faces in pain")
        self._neutral = [same_view_first(neutral[person[row]], view[row], view) for row in self._rows.tolist()]
        face = expression[self._rows]
        self.aus = np.stack([shard.read("expressions", name) for name in ACTION_UNITS], 1)[face].astype(int)
        self.pspi = shard.read("expressions", "PSPI")[face].astype(int)
        self.subject = np.array(shard.read("identities", "name"))[person[self._rows]]
        self.split = np.array(SPLITS)[shard.read("split", "split")[person[self._rows]]]
        self.groups = {name: np.array(shard.read("identities", name))[person[self._rows]] for name in _GROUPS}
        self.names = [
            f"{name}/{number}/{v}"
            for name, number, v in zip(self.subject, number[self._rows], view[self._rows], strict=True)
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        """Frame i, RGB uint8 [H, W, 3]."""
        return self._decoded(int(self._rows[i]), f"frame {self.names[i]}", side)

    def landmarks(self, i: int) -> np.ndarray:
        """The 68 landmarks of frame i, float32 [68, 2], pixels."""
        return self._shard.read("frames", "landmarks", int(self._rows[i]))

    def neutral_landmarks(self, key: int) -> np.ndarray:
        """The 68 landmarks of a neutral frame by its row, as `landmarks`."""
        return self._shard.read("frames", "landmarks", key)

    def neutrals(self, i: int) -> list[int]:
        """Rows of the person's neutral frames: the one of frame i's view first, then the others by view."""
        return self._neutral[i]

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        """A neutral frame by its row, RGB uint8 [H, W, 3]."""
        return self._decoded(key, f"neutral frame in row {key}", side)

    def _decoded(self, row: int, name: str, side: int) -> np.ndarray:
        return decode_rgb(self._shard.read("frames", "image", row), f"{self._shard.path}: {name}", side)
