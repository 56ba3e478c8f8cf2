"""Predictions of a model: PSPI, the probability of pain, and six action units."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from painctl.pain.action_units import HIGHEST, MAX_PSPI
from painctl.vitpain.interface import Outputs, PainModel
from painctl.vitpain.pairs import Pair, Pairs
from painctl.vitpain.sources import NO_PICTURE, PairSource, blank_picture

BATCH = 32
NOT_FINITE = "an output of the model is NaN or infinite"


@dataclass(frozen=True, eq=False)
class Prediction:
    """The prediction for one face."""

    pspi: float  # 0..16; NaN if an output of the model is not finite
    probability: Mapping[int, float]  # of PSPI >= the level in the key, 0..1; one per binary head
    aus: np.ndarray | None  # float32 [6], intensities in the order of ACTION_UNITS; 0..5, AU43 0..1
    spread: float | None = None  # standard deviation expected of the error of `pspi`

    @property
    def is_finite(self) -> bool:
        """Whether all outputs of the model are numbers."""
        return not math.isnan(self.pspi)


@dataclass(frozen=True, eq=False)
class Predictions:
    """The predictions for N faces, in columns; a row is a `Prediction`."""

    pspi: np.ndarray  # float32 [N]; NaN where an output of the model is not finite
    probability: Mapping[int, np.ndarray]  # float32 [N] by level
    aus: np.ndarray | None  # float32 [N, 6]
    spread: np.ndarray | None = None  # float32 [N], standard deviation expected of the error of `pspi`

    def __getitem__(self, row: int) -> Prediction:
        probability = {level: float(values[row]) for level, values in self.probability.items()}
        spread = None if self.spread is None else float(self.spread[row])
        return Prediction(float(self.pspi[row]), probability, None if self.aus is None else self.aus[row], spread)


def fitted_references(model: PainModel, neutral: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Neutral pictures [H, W, 3] of any size as a model takes them, uint8 [S, S, 3] each, at least one.

    Without any, it is the blank picture; for a model that does not compare faces, `NO_PICTURE`.
    """
    preprocess = model.architecture.preprocess
    if not model.uses_reference:
        return [NO_PICTURE]
    fitted = [preprocess.fit(image) for image in neutral]
    return fitted or [blank_picture(preprocess.size)]


def predict_source(
    model: PainModel, source: PairSource, frames: Iterable[int] | None = None, shots: int = 1
) -> Predictions:
    """Predictions for frames of a source (default all), in order, averaged over `shots` neutral pictures.

    Raises ValueError, which names a frame, if an output of the model is not finite.
    """
    pairs = Pairs.for_model(model, source, shots=shots)
    rows = [*(range(len(source)) if frames is None else map(int, frames))]
    predictions = predict_pairs(model, (pairs.references(row) for row in rows))
    if len(invalid := np.flatnonzero(np.isnan(predictions.pspi))):
        name = source.names[rows[invalid[0]]]
        raise ValueError(f"{name}: {NOT_FINITE} ({len(invalid)} such frames); lower --learning-rate and train again")
    return predictions


def predict_pairs(model: PainModel, faces: Iterable[Sequence[Pair]]) -> Predictions:
    """One prediction per face, each output averaged over the face's pairs (pain, neutral), uint8 [S, S, 3]."""
    columns: list[list[np.ndarray]] = [[np.empty((0, width))] for width in (1, len(model.levels), 6, 1)]
    device, training = next(model.parameters()).device, model.training
    model.eval()
    remaining = iter(faces)
    with torch.inference_mode():
        while batch := list(islice(remaining, BATCH)):
            counts = np.array([len(pairs) for pairs in batch])
            starts = np.cumsum(counts) - counts
            sides = zip(*(pair for pairs in batch for pair in pairs), strict=True)
            outputs = model(*(torch.from_numpy(np.stack(side)).to(device) for side in sides))
            scores = MAX_PSPI * outputs.pspi[:, None].clamp(0, 1)
            scores[~_are_finite(outputs)] = torch.nan  # before ranges and sigmoids hide it
            probabilities = outputs.logit.sigmoid() if outputs.logit is not None else None
            spread = MAX_PSPI * outputs.spread[:, None] if outputs.spread is not None else None
            for column, values in zip(columns, (scores, probabilities, outputs.aus, spread), strict=True):
                if values is not None:
                    sums = np.add.reduceat(values.double().cpu().numpy(), starts)
                    column.append(sums / counts[:, None])
    model.train(training)
    pspi, probability, aus, deviation = (np.concatenate(column).astype(np.float32) for column in columns)
    by_level = {level: probability[:, index] for index, level in enumerate(model.levels)}
    units = aus.clip(0, HIGHEST) if model.has_action_units else None
    return Predictions(pspi[:, 0], by_level, units, deviation[:, 0] if model.has_spread else None)


def _are_finite(outputs: Outputs) -> Tensor:
    """Whether all outputs for a face are finite: bool [B]."""
    heads = (outputs.pspi, outputs.logit, outputs.aus, outputs.spread)
    columns = [head.reshape(len(head), -1) for head in heads if head is not None]
    return torch.cat(columns, dim=1).isfinite().all(1)
