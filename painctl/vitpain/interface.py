"""What training, evaluation and prediction ask of a model, whichever it is."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor, nn

from painctl.vitpain.data import PairSource


class Outputs(NamedTuple):
    """What a model says of B faces; None for a head that it does not have."""

    pspi: Tensor  # [B], PSPI / 16, 0..1; with `any_reference` a difference of two, and not held in bounds
    logit: Tensor | None  # [B, L], of PSPI >= each of the model's binary levels
    aus: Tensor | None  # [B, 6], intensities in the order of ACTION_UNITS, from 0
    features: Tensor | None = None  # [B, F], for a model that learns by contrast


class PainModel(nn.Module):
    """A model of pictures (pain, neutral), RGB uint8 [B, S, S, 3] both, that gives `Outputs`."""

    architecture: Any  # a frozen dataclass of plain values with `preprocess`, from which the model is built again
    aligned: bool = False  # sees faces warped by their landmarks
    any_reference: bool = False  # learns from any two frames of a person, the difference of their PSPI
    compares: bool  # with a neutral picture of the same person; else that argument is not read
    levels: tuple[int, ...]  # of the binary heads: the probability of PSPI >= each
    tells_units: bool  # has a head for action units

    def prepared(self, source: PairSource) -> PairSource:
        """A source as this model wants its pictures."""
        return source
