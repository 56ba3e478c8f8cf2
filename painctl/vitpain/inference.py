"""What a model says of faces: PSPI, the probability of pain, six action units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from painctl.vitpain.data import Pairs, PairSource, fit
from painctl.vitpain.model import ViTPain

BATCH = 32


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one face shows."""

    pspi: float  # 0..16
    probability: float  # of PSPI >= 1, 0..1
    aus: np.ndarray  # float32 [6], intensities in the order of ACTION_UNITS; 0..5, AU43 0..1


@dataclass(frozen=True, eq=False)
class Predictions:
    """What N faces show: `Prediction`, a column each."""

    pspi: np.ndarray  # float32 [N]
    probability: np.ndarray  # float32 [N]
    aus: np.ndarray  # float32 [N, 6]

    def __getitem__(self, row: int) -> Prediction:
        return Prediction(float(self.pspi[row]), float(self.probability[row]), self.aus[row])


def predict(model: ViTPain, pain: Sequence[np.ndarray], neutral: Sequence[np.ndarray]) -> list[Prediction]:
    """One prediction a pain picture, all of one person, every output averaged over the neutral pictures.

    Pictures are uint8 [H, W, 3] RGB with the face in the middle, of any size. Raises ValueError without a neutral.
    """
    if not neutral:
        raise ValueError("no neutral picture; the model compares a face with the same person's neutral one")
    size, crop = model.architecture.preprocess.size, model.architecture.preprocess.crop
    faces, references = ([fit(image, size, crop) for image in images] for images in (pain, neutral))
    shots = predict_pairs(model, ((face, reference) for face in faces for reference in references))
    pspi, probability, aus = (
        column.reshape(len(faces), len(references), *column.shape[1:]).mean(axis=1)
        for column in (shots.pspi, shots.probability, shots.aus)
    )
    mean = Predictions(pspi, probability, aus)
    return [mean[row] for row in range(len(faces))]


def predict_source(model: ViTPain, source: PairSource, frames: Iterable[int] | None = None) -> Predictions:
    """Predictions for frames of a source, by default all, in their order."""
    pairs = Pairs(source, model.architecture.preprocess.size, model.architecture.preprocess.crop)
    chosen = range(len(source)) if frames is None else frames
    return predict_pairs(model, (pairs[int(frame), -1][:2] for frame in chosen))


def predict_pairs(model: ViTPain, pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> Predictions:
    """Predictions for (pain, neutral) pictures already at the model's size, uint8 [S, S, 3]."""
    columns: list[list[np.ndarray]] = [[np.empty(0)], [np.empty(0)], [np.empty((0, 6))]]
    device, training = next(model.parameters()).device, model.training
    model.eval()
    with torch.inference_mode():
        for batch in _batches(pairs):
            pain, neutral = (torch.from_numpy(np.stack(side)).to(device) for side in zip(*batch, strict=True))
            outputs = model(pain, neutral)
            for column, values in zip(columns, (16 * outputs.pspi, outputs.logit.sigmoid(), outputs.aus), strict=True):
                column.append(values.float().cpu().numpy())
    model.train(training)
    pspi, probability, aus = (np.concatenate(column).astype(np.float32) for column in columns)
    return Predictions(pspi, probability, aus.clip(0, [5, 5, 5, 5, 5, 1]))


def _batches(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> Iterable[list[tuple[np.ndarray, np.ndarray]]]:
    batch = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
