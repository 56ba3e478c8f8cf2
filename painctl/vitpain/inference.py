"""What a model says of faces: PSPI, the probability of pain, six action units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from painctl.vitpain.data import Pairs, PairSource
from painctl.vitpain.interface import PainModel

BATCH = 32

Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one face shows."""

    pspi: float  # 0..16
    probability: Mapping[int, float]  # of PSPI >= a level, 0..1, for each binary head
    aus: np.ndarray | None  # float32 [6], intensities in the order of ACTION_UNITS; 0..5, AU43 0..1


@dataclass(frozen=True, eq=False)
class Predictions:
    """What N faces show: `Prediction`, a column each."""

    pspi: np.ndarray  # float32 [N]
    probability: Mapping[int, np.ndarray]  # float32 [N] by level
    aus: np.ndarray | None  # float32 [N, 6]

    def __getitem__(self, row: int) -> Prediction:
        heads = {level: float(values[row]) for level, values in self.probability.items()}
        return Prediction(float(self.pspi[row]), heads, None if self.aus is None else self.aus[row])


def predict_source(
    model: PainModel, source: PairSource, frames: Iterable[int] | None = None, shots: int = 1
) -> Predictions:
    """Predictions for frames of a source, by default all, in their order, averaged over `shots` neutral pictures."""
    preprocess = model.architecture.preprocess
    pairs = Pairs(model.prepared(source), preprocess.size, preprocess.crop, shots=shots if model.compares else 0)
    chosen = range(len(source)) if frames is None else frames
    return predict_pairs(model, (pairs.shown(int(frame)) for frame in chosen))


def predict_pairs(model: PainModel, faces: Iterable[Sequence[Pair]]) -> Predictions:
    """One prediction a face, each output averaged over the face's pairs (pain, neutral), uint8 [S, S, 3]."""
    columns: list[list[np.ndarray]] = [[np.empty((0, width))] for width in (1, len(model.levels), 6)]
    device, training = next(model.parameters()).device, model.training
    model.eval()
    left = iter(faces)
    with torch.inference_mode():
        while batch := list(islice(left, BATCH)):
            counts = np.array([len(pairs) for pairs in batch])
            starts = np.cumsum(counts) - counts
            sides = zip(*(pair for pairs in batch for pair in pairs), strict=True)
            outputs = model(*(torch.from_numpy(np.stack(side)).to(device) for side in sides))
            logit = outputs.logit.sigmoid() if outputs.logit is not None else None
            for column, values in zip(
                columns, (16 * outputs.pspi[:, None].clamp(0, 1), logit, outputs.aus), strict=True
            ):
                if values is not None:
                    found = values.double().cpu().numpy()
                    column.append(np.add.reduceat(found, starts) / counts[:, None])
    model.train(training)
    pspi, probability, aus = (np.concatenate(column).astype(np.float32) for column in columns)
    heads = {level: probability[:, row] for row, level in enumerate(model.levels)}
    return Predictions(pspi[:, 0], heads, aus.clip(0, [5, 5, 5, 5, 5, 1]) if model.tells_units else None)
