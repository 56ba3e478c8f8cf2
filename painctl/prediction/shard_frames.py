"""The frames of a shard or dataset, each with the neutral frame of the same person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from painctl.dataset.validate import validate_shard
from painctl.files.names import printable
from painctl.images.encode import decode_rgb
from painctl.pain.neutrals import same_view_first
from painctl.prediction.shots import Shot
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError


class ShardFrames:
    """Frames in the order of their table, named PATH/person/expression/view in printable text."""

    is_video, has_references = False, True
    is_complete = True

    def __init__(self, path: Path, name: str = "") -> None:
        """`name` replaces PATH in the names of shots, by default the path itself.

        Raises ShardError for a damaged shard, one without frames, and if a person has no neutral frame.
        """
        self.name, self._shard = name or printable(path), Shard(path)
        self._shard.require("identities", "expressions", "frames")
        validate_shard(self._shard)
        read = self._shard.read
        self._view, self._person = read("frames", "view"), read("frames", "identity_row")
        self._number = read("expressions", "expression")[read("frames", "expression_row")]
        self._people = read("identities", "name")
        self._neutral: dict[int, list[int]] = {}
        for row in np.flatnonzero(self._number == 0).tolist():
            self._neutral.setdefault(int(self._person[row]), []).append(row)
        for person in np.unique(self._person).tolist():
            if person not in self._neutral:
                raise ShardError(f"{path}: no neutral frame of {self._people[person]}; render the whole shard again")
        self.count = len(self._view)

    def __iter__(self) -> Iterator[Shot]:
        with self._shard:
            for row in range(self.count):
                person, number, view = (int(column[row]) for column in (self._person, self._number, self._view))
                yield Shot(
                    f"{self.name}/{printable(self._people[person])}/{number}/{view}",
                    lambda row=row: self._decoded(row),  # type: ignore[misc]
                    framed=True,
                    is_neutral=number == 0,
                    references=lambda row=row: [self._decoded(self._neutral_of(row))],  # type: ignore[misc]
                )

    def remark(self) -> str:
        return ""

    def _neutral_of(self, row: int) -> int:
        """The row of the neutral frame that a frame is compared with."""
        return same_view_first(self._neutral[int(self._person[row])], self._view[row], self._view)[0]

    def _decoded(self, row: int) -> np.ndarray:
        return decode_rgb(self._shard.read("frames", "image", row), f"{self.name}: frame in row {row}")
