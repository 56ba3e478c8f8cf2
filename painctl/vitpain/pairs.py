"""Pairs of pictures at a model's size: a face, and a reference picture of the same person."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from painctl.images.resize import center_crop
from painctl.runs.draws import draws
from painctl.vitpain.augmentation import augment
from painctl.vitpain.interface import PainModel
from painctl.vitpain.settings import MILD, augmentation_parts
from painctl.vitpain.sources import NO_PICTURE, PairSource, blank_picture
from painctl.vitpain.strong_augmentation import MARGIN, augment_strongly

CACHE = 1 << 29  # bytes of decoded pictures kept in memory
NO_AUGMENTATION = -1  # as the epoch of a key

Pair = tuple[np.ndarray, np.ndarray]  # pain, neutral: uint8 [S, S, 3] RGB


class Pairs:
    """A dataset for torch's DataLoader; a key is (frame, epoch).

    An item is (pain, neutral: uint8 [S, S, 3] RGB; PSPI; action units [6]). In an epoch from 0, the neutral picture is
    one of the first `shots`, and it and the augmentation are drawn from (seed, frame, epoch), so order and worker do
    not matter. With a probability of `reference_dropout`, also drawn from them, a blank picture is in place of the
    neutral one; with one of `rest_share`, any neutral picture of the person is in place of the pain picture, with
    labels of 0. Epoch -1 gives the unchanged pictures, with the first neutral one. With `shots` 0 the neutral picture
    is empty.
    """

    def __init__(
        self,
        source: PairSource,
        size: int,
        crop: float,
        seed: int = 0,
        shots: int = 1,
        any_reference: bool = False,
        augmentation: str = MILD,
        reference_dropout: float = 0.0,
        down: float = 0.0,
        rest_share: float = 0.0,
    ) -> None:
        """`crop` and `down` as in `Preprocess`; `augmentation` as in the settings.

        With `any_reference`, half of the references in training, at random, are any frame of the same person; the
        item's PSPI is then the difference from that frame's.
        """
        self.source, self.size, self.crop, self.down, self.seed, self.shots = source, size, crop, down, seed, shots
        self.reference_dropout, self.rest_share = reference_dropout, rest_share
        self._mild, self._parts = augmentation == MILD, augmentation_parts(augmentation)
        self._rows_of = rows_by_person(source.subject) if any_reference else None
        self._cache: dict[tuple[str, int, bool], np.ndarray] = {}

    @classmethod
    def for_model(
        cls,
        model: PainModel,
        source: PairSource,
        seed: int = 0,
        shots: int = 1,
        augmentation: str = MILD,
        reference_dropout: float = 0.0,
        rest_share: float = 0.0,
    ) -> Pairs:
        """A source's pairs as a model takes them."""
        preprocess = model.architecture.preprocess
        shots = shots if model.uses_reference else 0
        source, shape = model.prepare(source), (preprocess.size, preprocess.crop)
        return cls(
            source,
            *shape,
            seed,
            shots,
            model.any_reference,
            augmentation,
            reference_dropout,
            preprocess.down,
            rest_share,
        )

    def __getitem__(self, key: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.float32, np.ndarray]:
        frame, epoch = key
        wide = epoch >= 0 and bool(self._parts)
        neutral = NO_PICTURE
        pspi, aus, baseline = float(self.source.pspi[frame]), np.asarray(self.source.aus[frame], np.float32), 0.0
        if epoch >= 0 and (rng := draws(self.seed, frame, f"rest/{epoch}")).random() < self.rest_share:
            pain = self._cropped("neutral", int(rng.choice(self.source.neutrals(frame))), wide)
            pspi, aus = 0.0, np.zeros_like(aus)
        else:
            pain = self._cropped("picture", frame, wide)
        if self._rows_of and epoch >= 0 and (rng := draws(self.seed, frame, f"other/{epoch}")).random() < 0.5:
            reference = int(rng.choice(self._rows_of[self.source.subject[frame]]))
            neutral, baseline = self._cropped("picture", reference, wide), float(self.source.pspi[reference])
        elif self.shots:
            keys = self.source.neutrals(frame)[: self.shots]
            index = int(draws(self.seed, frame, f"neutral/{epoch}").integers(len(keys))) if epoch >= 0 else 0
            neutral = self._cropped("neutral", keys[index], wide)
        if epoch >= 0:
            rng = draws(self.seed, frame, f"augment/{epoch}")
            if self._mild:
                pain, neutral = augment(pain, neutral, rng)
            elif wide:
                pain, neutral = augment_strongly(pain, neutral, self.size, self._parts, rng)
            if draws(self.seed, frame, f"reference/{epoch}").random() < self.reference_dropout:
                neutral = blank_picture(self.size)
        return pain, neutral, np.float32(pspi - baseline), aus

    def references(self, frame: int) -> list[Pair]:
        """A frame paired with each of its first `shots` neutral pictures, unchanged; or with an empty one."""
        pain = self._cropped("picture", frame)
        if not self.shots:
            return [(pain, NO_PICTURE)]
        return [(pain, self._cropped("neutral", key)) for key in self.source.neutrals(frame)[: self.shots]]

    def _cropped(self, kind: str, key: int, wide: bool = False) -> np.ndarray:
        """The middle of a picture at the model's size; `wide`: with a margin for changes of pose."""
        if (kind, key, wide) in self._cache:
            return self._cache[kind, key, wide]
        margin = min(MARGIN, 1 / self.crop) if wide else 1.0
        size, crop = round(margin * self.size), margin * self.crop
        picture = center_crop(getattr(self.source, kind)(key, math.ceil(size / crop)), size, crop, self.down)
        if (len(self._cache) + 1) * picture.nbytes <= CACHE:
            self._cache[kind, key, wide] = picture
        return picture


def rows_by_person(subject: np.ndarray) -> dict[Any, np.ndarray]:
    """The frames of each person, int [n]."""
    return {person: np.flatnonzero(subject == person) for person in np.unique(subject).tolist()}
