"""Labelled frames, each with neutral pictures of the same person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

_BLANK = 128  # grey level
Kind = Literal["picture", "neutral"]  # the two methods of a source that return a picture
NO_PICTURE = np.empty((0, 0, 3), np.uint8)  # the neutral picture for a model that uses none


def blank_picture(size: int) -> np.ndarray:
    """The picture that stands for a missing neutral one, uint8 [size, size, 3]: a uniform mid-grey.

    It is close to zero once it is normalised, no face looks like it, and it is encoded as the same tokens for everyone:
    a model trained with it has in effect learned tokens for "no reference", without a weight that others lack.
    """
    return np.full((size, size, 3), _BLANK, np.uint8)


class PairSource(Protocol):
    """N labelled frames and the neutral pictures of the people in them, read one at a time.

    Pictures are RGB uint8 [H, W, 3] of any size, with the face in the middle. A reader may return a picture scaled
    down, its shorter side no shorter than `side` pixels, because decoders do that faster; `side` 0 is full size.
    """

    @property
    def names(self) -> Sequence[str]:
        """[N], the unique name of each frame in reports."""

    @property
    def aus(self) -> np.ndarray:
        """[N, 6], intensities in the order of ACTION_UNITS; NaN where a unit is not coded."""

    @property
    def pspi(self) -> np.ndarray:
        """[N], 0..16: PSPI, or another label in its place, see `pain.labels`."""

    @property
    def subject(self) -> np.ndarray:
        """int or str [N], the person in each frame."""

    @property
    def groups(self) -> Mapping[str, np.ndarray]:
        """Attributes of the people, such as age_group: str [N] each; may be empty."""

    def __len__(self) -> int:
        """N, the number of frames."""

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        """Frame i. Raises ValueError, which names the picture, if it is unreadable."""

    def neutrals(self, i: int) -> Sequence[int]:
        """Keys of neutral pictures of the person in frame i, best first; at least one."""

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        """A neutral picture by its key. Raises as `picture` does."""

    def landmarks(self, i: int) -> np.ndarray | None:
        """The 68 or 66 landmarks of frame i, float32 [L, 2], in pixels of `picture(i)`; None if unavailable.

        Pixel centres are at half integers.
        """

    def neutral_landmarks(self, key: int) -> np.ndarray | None:
        """The landmarks of a neutral picture, in pixels of `neutral(key)`."""


@dataclass(frozen=True, eq=False)
class Subset:
    """Some frames of a source, itself a source."""

    source: PairSource
    rows: np.ndarray  # int [N]

    @property
    def names(self) -> Sequence[str]:
        return [self.source.names[row] for row in self.rows.tolist()]

    @property
    def aus(self) -> np.ndarray:
        return self.source.aus[self.rows]

    @property
    def pspi(self) -> np.ndarray:
        return self.source.pspi[self.rows]

    @property
    def subject(self) -> np.ndarray:
        return self.source.subject[self.rows]

    @property
    def groups(self) -> Mapping[str, np.ndarray]:
        return {name: values[self.rows] for name, values in self.source.groups.items()}

    def __len__(self) -> int:
        return len(self.rows)

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        return self.source.picture(int(self.rows[i]), side)

    def neutrals(self, i: int) -> Sequence[int]:
        return self.source.neutrals(int(self.rows[i]))

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        return self.source.neutral(key, side)

    def landmarks(self, i: int) -> np.ndarray | None:
        return self.source.landmarks(int(self.rows[i]))

    def neutral_landmarks(self, key: int) -> np.ndarray | None:
        return self.source.neutral_landmarks(key)


@dataclass(frozen=True, eq=False)
class PreparedSource(ABC):
    """A source with its pictures prepared for a model by their landmarks, itself a source without landmarks."""

    source: PairSource

    @property
    def names(self) -> Sequence[str]:
        return self.source.names

    @property
    def aus(self) -> np.ndarray:
        return self.source.aus

    @property
    def pspi(self) -> np.ndarray:
        return self.source.pspi

    @property
    def subject(self) -> np.ndarray:
        return self.source.subject

    @property
    def groups(self) -> Mapping[str, np.ndarray]:
        return self.source.groups

    def __len__(self) -> int:
        return len(self.source)

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        return self.prepared("picture", i, side)

    def neutrals(self, i: int) -> Sequence[int]:
        return self.source.neutrals(i)

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        return self.prepared("neutral", key, side)

    def landmarks(self, i: int) -> None:
        return None

    def neutral_landmarks(self, key: int) -> None:
        return None

    @abstractmethod
    def prepared(self, kind: Kind, key: int, side: int) -> np.ndarray:
        """A picture of the source, or a neutral one, prepared: its shorter side `side` pixels or more, 0 for all."""


def people(source: PairSource) -> list[str]:
    """The people in a source, sorted."""
    return [str(person) for person in np.unique(source.subject)]
