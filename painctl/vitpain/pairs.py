"""Pairs of pictures at a model's size: a face, and a reference picture of the same person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from painctl.images.resize import center_crop
from painctl.pain.labels import coded_pspi
from painctl.runs.draws import draws
from painctl.vitpain.augmentation import augment
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.interface import PainModel
from painctl.vitpain.settings import MILD, TrainingSettings, augmentation_parts
from painctl.vitpain.sources import NO_PICTURE, PairSource, blank_picture
from painctl.vitpain.strong_augmentation import MARGIN, STRAIGHTENED, augment_strongly

CACHE = 1 << 29  # bytes of decoded pictures kept in memory
NO_AUGMENTATION = -1  # as the epoch of a key
SIGNED_SHARE: Final = 0.5  # of the references, any picture, where the target is a signed difference

Pair = tuple[np.ndarray, np.ndarray]  # pain, neutral: uint8 [S, S, 3] RGB


@dataclass(frozen=True)
class Variation:
    """What changes from epoch to epoch in a pair of a training; fields as in `TrainingSettings`."""

    augment: str = MILD
    reference_dropout: float = 0.0
    rest_share: float = 0.0
    any_reference: float = 0.0

    @classmethod
    def of(cls, settings: TrainingSettings) -> Variation:
        """That of a training's settings."""
        return cls(settings.augment, settings.reference_dropout, settings.rest_share, settings.any_reference)


MILD_VARIATION: Final = Variation()


class Pairs:
    """A dataset for torch's DataLoader; a key is (frame, epoch).

    An item is (pain, neutral: uint8 [S, S, 3] RGB; PSPI; action units [6]). In an epoch from 0, these vary, each drawn
    from (seed, frame, epoch), so that order and worker do not matter:

    - the augmentation, and which of the first `shots` neutral pictures is used;
    - with a probability of `rest_share`, the face is itself one of the person's neutral pictures, with labels of 0;
    - with a probability of `any_reference`, the reference is any picture of the person, and the labels are the units
      that the face shows beyond it, as if it were how that face looks at rest, and their PSPI; without the units, the
      difference of the labels, 0 or more;
    - with a probability of `reference_dropout`, a blank picture is in place of the reference.

    Epoch -1 gives the unchanged pictures, with the first neutral one. With `shots` 0 the neutral picture is empty.
    """

    def __init__(
        self,
        source: PairSource,
        preprocess: Preprocess,
        seed: int = 0,
        shots: int = 1,
        variation: Variation = MILD_VARIATION,
        signed: bool = False,
    ) -> None:
        """With `signed`, half of the references are any picture, and PSPI is the difference of both, even below 0."""
        self.source, self.preprocess, self.seed, self.shots = source, preprocess, seed, shots
        self.variation, self._parts, self._signed = variation, augmentation_parts(variation.augment), signed
        self._any_reference = SIGNED_SHARE if signed else variation.any_reference
        self._rows_of = rows_by_person(source.subject) if self._any_reference else {}
        self._cache: dict[tuple[str, int, bool], np.ndarray] = {}

    @classmethod
    def for_model(
        cls,
        model: PainModel,
        source: PairSource,
        seed: int = 0,
        shots: int = 1,
        variation: Variation = MILD_VARIATION,
    ) -> Pairs:
        """A source's pairs as a model takes them."""
        shots = shots if model.uses_reference else 0
        source, preprocess = model.prepare(source), model.architecture.preprocess
        return cls(source, preprocess, seed, shots, variation, model.any_reference)

    def __getitem__(self, key: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.float32, np.ndarray]:
        frame, epoch = key
        pspi, aus = np.float32(self.source.pspi[frame]), np.asarray(self.source.aus[frame], np.float32)
        if epoch < 0:
            pain, neutral = self.references(frame)[0]
            return pain, neutral, pspi, aus
        wide = bool(self._parts)
        if self._is_drawn(frame, f"rest/{epoch}", self.variation.rest_share):
            rest = draws(self.seed, frame, f"rest-picture/{epoch}").choice(self.source.neutrals(frame))
            pain = self._cropped("neutral", int(rest), wide)
            pspi, aus = np.float32(0), aus * 0  # NaN, of a unit that is not coded, stays
        else:
            pain = self._cropped("picture", frame, wide)
        if self._is_drawn(frame, f"other/{epoch}", self._any_reference):
            rows = self._rows_of[self.source.subject[frame]]
            other = int(draws(self.seed, frame, f"other-picture/{epoch}").choice(rows))
            neutral = self._cropped("picture", other, wide)
            pspi, aus = self._beyond(other, pspi, aus)
        else:
            neutral = self._drawn_neutral(frame, epoch, wide)
        pain, neutral = self._augmented(pain, neutral, draws(self.seed, frame, f"augment/{epoch}"))
        if self._is_drawn(frame, f"reference/{epoch}", self.variation.reference_dropout):
            neutral = blank_picture(self.preprocess.size)
        return pain, neutral, pspi, aus

    def references(self, frame: int) -> list[Pair]:
        """A frame paired with each of its first `shots` neutral pictures, unchanged; or with an empty one."""
        pain = self._cropped("picture", frame)
        if not self.shots:
            return [(pain, NO_PICTURE)]
        return [(pain, self._cropped("neutral", key)) for key in self.source.neutrals(frame)[: self.shots]]

    def _is_drawn(self, frame: int, what: str, share: float) -> bool:
        return bool(share) and draws(self.seed, frame, what).random() < share

    def _beyond(self, other: int, pspi: np.float32, aus: np.ndarray) -> tuple[np.float32, np.ndarray]:
        """The labels of a face compared with another picture of the person."""
        if self._signed:
            return np.float32(pspi - self.source.pspi[other]), aus
        other_pspi, other_aus = self.source.pspi[other], np.asarray(self.source.aus[other], np.float32)
        beyond = np.maximum(aus - other_aus, 0)
        if np.isfinite(beyond).all() or (coded_pspi(aus) == pspi and coded_pspi(other_aus) == other_pspi):
            return np.float32(coded_pspi(beyond)), beyond
        return np.float32(max(pspi - other_pspi, 0)), beyond  # the label does not follow from the units that are coded

    def _drawn_neutral(self, frame: int, epoch: int, wide: bool) -> np.ndarray:
        keys = self.source.neutrals(frame)[: self.shots]
        if not keys:
            return NO_PICTURE
        drawn = int(draws(self.seed, frame, f"neutral/{epoch}").integers(len(keys)))
        return self._cropped("neutral", keys[drawn], wide)

    def _augmented(self, pain: np.ndarray, neutral: np.ndarray, rng: np.random.Generator) -> Pair:
        if self.variation.augment == MILD:
            return augment(pain, neutral, rng)
        if self._parts:
            displacement = STRAIGHTENED if self.preprocess.straighten else 1.0
            return augment_strongly(pain, neutral, self.preprocess.size, self._parts, rng, displacement)
        return pain, neutral

    def _cropped(self, kind: str, key: int, wide: bool = False) -> np.ndarray:
        """The middle of a picture at the model's size; `wide`: with a margin for changes of pose."""
        if (kind, key, wide) in self._cache:
            return self._cache[kind, key, wide]
        preprocess = self.preprocess
        margin = min(MARGIN, 1 / preprocess.crop) if wide else 1.0
        size, crop = round(margin * preprocess.size), margin * preprocess.crop
        picture = center_crop(getattr(self.source, kind)(key, math.ceil(size / crop)), size, crop, preprocess.down)
        if (len(self._cache) + 1) * picture.nbytes <= CACHE:
            self._cache[kind, key, wide] = picture
        return picture


def rows_by_person(subject: np.ndarray) -> dict[Any, np.ndarray]:
    """The frames of each person, int [n]."""
    return {person: np.flatnonzero(subject == person) for person in np.unique(subject).tolist()}
