"""A packed dataset as pairs for a model: each face in pain beside the same person's neutral, from the same view."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from painctl.shard.reader import Shard
from painctl.shard.schema import ACTION_UNITS, SPLITS
from painctl.shard.seal import ShardError
from painctl.vitpain.data import decode

_GROUPS = ("age_group", "gender", "ethnicity")
NEUTRAL = "the same person's neutral frame of the same view"


def check(dataset: Path, splits: Sequence[str] = SPLITS, folds: int = 1) -> None:
    """Refuse what cannot be learned from before anything slow is imported.

    Raises as `DatasetPairs` and `Shard` do, and ValueError for more folds than people.
    """
    with Shard(dataset) as shard:
        people = len(set(DatasetPairs(shard, splits).subject))
    if folds > people:
        raise ValueError(f"{dataset}: {folds} folds of {people} people; lower -k or pack more people")


class DatasetPairs:
    """Frames of a dataset's people, as `vitpain.data.PairSource`. Neutral frames serve as references only."""

    def __init__(self, shard: Shard, splits: Sequence[str] = SPLITS) -> None:
        """Raises ShardError if the shard is no dataset, or if the splits hold no frames."""
        shard.require("identities", "expressions", "frames", "split")
        self._shard = shard
        expression, view, person = (shard.read("frames", name) for name in ("expression_row", "view", "identity_row"))
        number = shard.read("expressions", "expression")[expression]
        chosen = np.isin(shard.read("split", "split")[person], [SPLITS.index(name) for name in splits])
        neutral: dict[int, list[int]] = {}
        for row in np.flatnonzero(number == 0).tolist():
            neutral.setdefault(person[row], []).append(row)
        self._rows = np.flatnonzero((number > 0) & chosen)
        if not len(self._rows):
            raise ShardError(f"{shard.path}: no frames in {' or '.join(splits)}; pack more people")
        self._neutral = [
            sorted(neutral[person[row]], key=lambda other: (view[other] != view[row], view[other]))
            for row in self._rows.tolist()
        ]
        face = expression[self._rows]
        self.aus = np.stack([shard.read("expressions", name) for name in ACTION_UNITS], 1)[face].astype(int)
        self.pspi = shard.read("expressions", "PSPI")[face].astype(int)
        self.subject = np.array(shard.read("identities", "name"))[person[self._rows]]
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

    def neutrals(self, i: int) -> list[int]:
        """Rows of the neutral frames of the person in frame i: of the same view, then the others in order."""
        return self._neutral[i]

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        """A neutral frame by its row, RGB uint8 [H, W, 3]."""
        return self._decoded(key, f"neutral frame in row {key}", side)

    def _decoded(self, row: int, name: str, side: int) -> np.ndarray:
        return decode(self._shard.read("frames", "image", row), f"{self._shard.path}: {name}", side)
