"""Batches of pairs for training and evaluation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from painctl.runs.draws import draws
from painctl.vitpain.pairs import Pairs
from painctl.vitpain.settings import TrainingSettings


def draw_batches(pspi: np.ndarray, epoch: int, settings: TrainingSettings) -> np.ndarray:
    """The frames in one epoch's batches, int [steps, batch_size], for frames of PSPI [N].

    Every frame comes once, in random order, and further frames fill the last batch. With a `pain_weight` other than 1,
    the same number is drawn with replacement, by weight.
    """
    steps = math.ceil(len(pspi) / settings.batch_size)
    size = steps * settings.batch_size
    rng = draws(settings.seed, -1, f"frames/{epoch}")
    if settings.pain_weight == 1:
        rounds = [rng.permutation(len(pspi)) for _ in range(math.ceil(size / len(pspi)))]
        frames = np.concatenate(rounds)[:size]
    else:
        weights = np.where(np.asarray(pspi) >= 1, settings.pain_weight, 1.0)
        frames = rng.choice(len(weights), size, p=weights / weights.sum())
    return frames.reshape(steps, settings.batch_size)


def load_batches(
    pairs: Pairs, batches: Sequence[np.ndarray] | np.ndarray, epoch: int, workers: int, device: torch.device
) -> Iterator[list[Tensor]]:
    """[pain, neutral, PSPI, action units] on `device` for each batch of frames; see `Pairs` for `epoch`."""
    keys = [[(int(frame), epoch) for frame in batch] for batch in batches]
    dataset: Any = pairs  # torch calls __getitem__ only
    on_gpu = device.type != "cpu"
    loader = DataLoader(
        dataset,
        batch_sampler=keys,
        num_workers=workers,
        pin_memory=on_gpu,
        generator=torch.Generator(),  # else the workers' unused seed would be drawn from the generator of the dropout
    )
    for batch in loader:
        yield [part.to(device, non_blocking=on_gpu) for part in batch]
