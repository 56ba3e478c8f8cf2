"""Pairs of pictures for the model: a face, and the same person's neutral face."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np

from painctl.images.resize import center_crop
from painctl.runs.draws import draws

NONE = np.empty((0, 0, 3), np.uint8)
CACHE = 1 << 29  # bytes of decoded pictures kept in memory


class PairSource(Protocol):
    """N labelled frames and the neutral pictures of the people in them, read one at a time.

    Pictures are RGB uint8 [H, W, 3], of any size, the face in the middle. A picture may come scaled down, but no
    shorter on its shorter side than `side` pixels: decoders do that for less than the whole.
    """

    @property
    def names(self) -> Sequence[str]:
        """[N], what a report calls each frame; unique."""

    @property
    def aus(self) -> np.ndarray:
        """[N, 6], intensities in the order of ACTION_UNITS."""

    @property
    def pspi(self) -> np.ndarray:
        """[N], 0..16."""

    @property
    def subject(self) -> np.ndarray:
        """int or str [N], who is seen."""

    @property
    def groups(self) -> Mapping[str, np.ndarray]:
        """What is known of the people: str [N] by name, such as age_group; empty where nothing is."""

    def __len__(self) -> int: ...

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        """Frame i. Raises ValueError that names a picture that cannot be read."""

    def neutrals(self, i: int) -> Sequence[int]:
        """Keys of neutral pictures of the person in frame i, the ones to take first at the front; one at least."""

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        """A neutral picture by its key. Raises as `picture` does."""

    def landmarks(self, i: int) -> np.ndarray | None:
        """The 68 or 66 landmarks of frame i, float32 [L, 2], pixels of `picture(i)`; None where nobody knows them.

        Pixel centres are at half integers.
        """

    def neutral_landmarks(self, key: int) -> np.ndarray | None:
        """Those of a neutral picture, pixels of `neutral(key)`."""


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


class Pairs:
    """Pairs at the model's size, for a torch DataLoader; a key is (frame, epoch).

    An item is (pain, neutral: uint8 [S, S, 3] RGB; PSPI; action units [6]). Epoch -1 gives the pictures as they are,
    and the first neutral one; any other draws one of the first `shots` and a change of both from (seed, frame,
    epoch), so that order and worker do not matter. With no `shots` there is no neutral picture but an empty one.
    """

    def __init__(
        self,
        source: PairSource,
        size: int,
        crop: float,
        seed: int = 0,
        shots: int = 1,
        any_reference: bool = False,
    ) -> None:
        """With `any_reference` every other reference is any frame of the same person, and PSPI that above its own."""
        self.source, self.size, self.crop, self.seed, self.shots = source, size, crop, seed, shots
        self._others = rows_by_person(source.subject) if any_reference else None
        self._kept: dict[tuple[str, int], np.ndarray] = {}

    def __getitem__(self, key: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.float32, np.ndarray]:
        frame, epoch = key
        pain, neutral = self._fitted("picture", frame), NONE
        above = 0.0
        if self._others and epoch >= 0 and (drawn := draws(self.seed, frame, f"other/{epoch}")).random() < 0.5:
            other = int(drawn.choice(self._others[self.source.subject[frame]]))
            neutral, above = self._fitted("picture", other), float(self.source.pspi[other])
        elif self.shots:
            neutrals = self.source.neutrals(frame)[: self.shots]
            which = int(draws(self.seed, frame, f"neutral/{epoch}").integers(len(neutrals))) if epoch >= 0 else 0
            neutral = self._fitted("neutral", neutrals[which])
        if epoch >= 0:
            pain, neutral = augment(pain, neutral, draws(self.seed, frame, f"augment/{epoch}"))
        return (
            pain,
            neutral,
            np.float32(self.source.pspi[frame] - above),
            np.asarray(self.source.aus[frame], np.float32),
        )

    def shown(self, frame: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """A frame beside each of its first `shots` neutral pictures, unchanged; or beside none."""
        pain = self._fitted("picture", frame)
        if not self.shots:
            return [(pain, NONE)]
        return [(pain, self._fitted("neutral", key)) for key in self.source.neutrals(frame)[: self.shots]]

    def _fitted(self, kind: str, key: int) -> np.ndarray:
        if (kind, key) in self._kept:
            return self._kept[kind, key]
        picture = center_crop(getattr(self.source, kind)(key, math.ceil(self.size / self.crop)), self.size, self.crop)
        if (len(self._kept) + 1) * picture.nbytes <= CACHE:
            self._kept[kind, key] = picture
        return picture


def rows_by_person(subject: np.ndarray) -> dict[Any, np.ndarray]:
    """The frames of each person, int."""
    return {person: np.flatnonzero(subject == person) for person in np.unique(subject).tolist()}


def augment(pain: np.ndarray, neutral: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The pair as another camera might have seen it: mirrored both or neither; turned, moved, scaled; relit."""
    mirror, shared = rng.random() < 0.5, rng.uniform(-1, 1, 4)
    first, second = (
        _seen(image, mirror, 0.95 * shared + 0.05 * rng.uniform(-1, 1, 4), rng) for image in (pain, neutral)
    )
    return first, second


def _seen(image: np.ndarray, mirror: bool, pose: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = len(image)
    if not size:
        return image
    degrees, zoom, move = 4 * pose[0], 1 + 0.05 * pose[1], 0.03 * size * pose[2:]
    centre = (size - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), degrees, zoom) + np.outer(move, [0, 0, 1])
    if mirror:
        matrix = matrix @ [[-1, 0, size - 1], [0, 1, 0], [0, 0, 1]]
    turned = cv2.warpAffine(image, matrix, (size, size), borderMode=cv2.BORDER_REFLECT)
    contrast, gain = rng.uniform(0.85, 1.15), rng.uniform(0.85, 1.15) * rng.uniform(0.95, 1.05, 3)
    middle = np.mean(cv2.mean(turned)[:3])
    shades = ((np.arange(256)[:, None] - middle) * contrast + middle) * gain  # of each channel
    return cv2.LUT(turned, shades.clip(0, 255).astype(np.uint8)[:, None])
