"""The interface of a pain model, for training, evaluation and prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from torch import Tensor, nn

from painctl.vitpain.sources import PairSource

if TYPE_CHECKING:
    from painctl.aligner.aligner import Landmarks


class Outputs(NamedTuple):
    """A model's outputs for B faces; None for a head that it does not have."""

    pspi: Tensor  # [B], PSPI / 16, 0..1; with `any_reference` an unbounded difference of two
    logit: Tensor | None  # [B, L], of PSPI >= each of the model's binary levels
    aus: Tensor | None  # [B, 6], intensities in the order of ACTION_UNITS, from 0
    features: Tensor | None = None  # [B, F], for a contrastive loss
    spread: Tensor | None = None  # [B], standard deviation expected of the error of `pspi`, above 0


class PainModel(nn.Module):
    """A model that takes pictures (pain, neutral), RGB uint8 [B, S, S, 3] both, and returns `Outputs`."""

    architecture: Any  # a frozen dataclass of plain values with `preprocess`, from which the model is rebuilt
    any_reference: bool = False  # trains on any two frames of a person, on the difference of their PSPI
    uses_reference: bool  # compares with a neutral picture of the same person; if not, that argument is ignored
    levels: tuple[int, ...]  # one binary head each, for the probability of PSPI >= the level
    has_action_units: bool  # has a head for action units
    has_spread: bool = False  # has a head for the expected error of PSPI

    @property
    def straightens(self) -> bool:
        """Whether faces are framed by their landmarks."""
        return bool(self.architecture.preprocess.straighten)

    @property
    def uses_landmarks(self) -> bool:
        """Whether `prepared` depends on landmarks."""
        return self.straightens

    def prepare(self, source: PairSource) -> PairSource:
        """The source with its pictures prepared for this model."""
        return source

    def prepared(self, image: np.ndarray, landmarks: Landmarks) -> np.ndarray:
        """A face's picture, uint8 RGB [H, W, 3], prepared as those of a source are."""
        return image
