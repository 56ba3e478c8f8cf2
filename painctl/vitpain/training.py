"""Training a ViTPain: AdamW, cosine decay, and the epoch that does best on the validation people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from painctl.draw import draws
from painctl.vitpain.data import Pairs, PairSource
from painctl.vitpain.losses import losses
from painctl.vitpain.metrics import pearson
from painctl.vitpain.model import Outputs, ViTPain
from painctl.vitpain.seeding import deterministic, seeded
from painctl.vitpain.settings import Settings

Row = dict[str, Any]


def train(
    model: ViTPain,
    source: PairSource,
    validation: PairSource | None,
    settings: Settings,
    log: Callable[[Row], None] = lambda row: None,
) -> ViTPain:
    """Train a model in place and return it, in evaluation mode.

    `log` gets one row an epoch: epoch, learning_rate, the mean losses, and with `validation` the same losses and the
    PCC there; the weights kept are then those of the epoch with the least PSPI error there (the whole loss would stop
    too early: its cross-entropy grows with certainty while PSPI still improves), else the last. The same seed gives
    the same weights, bit for bit, on the same machine. Raises ValueError for an empty source, and
    if the loss is no longer a number.
    """
    if len(source) == 0 or (validation is not None and len(validation) == 0):
        raise ValueError("no frames to train or to validate on")
    size, crop = model.architecture.preprocess.size, model.architecture.preprocess.crop
    pairs = Pairs(source, size, crop, settings.seed)
    held_out = None if validation is None else Pairs(validation, size, crop)
    optimizer = torch.optim.AdamW(parameter_groups(model, settings), lr=settings.learning_rate)
    steps = settings.epochs * math.ceil(len(source) / settings.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, steps, settings))
    least, best = math.inf, None
    with deterministic(), seeded(settings.seed, "dropout"):
        for epoch in range(settings.epochs):
            row: Row = {"epoch": epoch + 1, "learning_rate": schedule.get_last_lr()[0]}
            row |= train_epoch(model, pairs, epoch, optimizer, schedule, settings)
            if held_out is not None:
                row |= {f"validation_{name}": value for name, value in evaluate(model, held_out, settings).items()}
                if row["validation_pspi"] < least:
                    least = row["validation_pspi"]
                    best = {name: tensor.clone() for name, tensor in model.state_dict().items()}
            log(row)
    if best is not None:
        model.load_state_dict(best)
    return model.eval()


def train_epoch(
    model: ViTPain,
    pairs: Pairs,
    epoch: int,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    settings: Settings,
) -> Row:
    """One pass over as many drawn frames as there are; returns the mean losses."""
    model.train()
    seen: dict[str, list[float]] = {}
    frames = draw_frames(pairs.source.pspi, epoch, settings)
    for outputs, pspi, aus in _outputs(model, pairs, frames, epoch if settings.augment else -1, settings):
        terms = losses(outputs, pspi, aus, settings)
        optimizer.zero_grad()
        terms["loss"].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimizer.step()
        schedule.step()
        for name, term in terms.items():
            seen.setdefault(name, []).append(term.item())
    if not np.isfinite(seen["loss"]).all():
        raise ValueError(f"the loss is no number in epoch {epoch + 1}; lower the rate of {settings.learning_rate:g}")
    return {name: float(np.mean(values)) for name, values in seen.items()}


def evaluate(model: ViTPain, pairs: Pairs, settings: Settings) -> Row:
    """The losses and the PCC of a model on all pairs, the pictures as they are."""
    model.eval()
    with torch.inference_mode():
        parts = list(_outputs(model, pairs, np.arange(len(pairs.source)), -1, settings))
    outputs = Outputs(*(torch.cat(columns) for columns in zip(*(part[0] for part in parts), strict=True)))
    pspi, aus = torch.cat([part[1] for part in parts]), torch.cat([part[2] for part in parts])
    terms = {name: term.item() for name, term in losses(outputs, pspi, aus, settings).items()}
    return {**terms, "pcc": pearson(pspi.cpu().numpy(), outputs.pspi.cpu().numpy())}


def draw_frames(pspi: np.ndarray, epoch: int, settings: Settings) -> np.ndarray:
    """The frames of one epoch, int [N], as many as there are, drawn with replacement by weight."""
    weights = np.where(pspi >= 1, settings.pain_weight, 1.0)
    generator = draws(settings.seed, -1, f"frames/{epoch}")
    return generator.choice(len(weights), len(weights), p=weights / weights.sum())


def rate(step: int, steps: int, settings: Settings) -> float:
    """Share of the highest learning rate at a step: a linear rise, then half a cosine down to `final_rate`."""
    rise = round(settings.warmup * steps)
    if step < rise:
        return (step + 1) / rise
    progress = min(1.0, (step - rise) / max(1, steps - rise))
    return settings.final_rate + (1 - settings.final_rate) * 0.5 * (1 + math.cos(math.pi * progress))


def parameter_groups(model: ViTPain, settings: Settings) -> list[dict[str, Any]]:
    """Every trainable parameter, once: matrices with weight decay, biases and norms without."""
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in trainable if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in trainable if p.ndim <= 1], "weight_decay": 0.0},
    ]


def _outputs(
    model: ViTPain, pairs: Pairs, frames: np.ndarray, epoch: int, settings: Settings
) -> Iterator[tuple[Outputs, Tensor, Tensor]]:
    """(outputs, PSPI, action units) of the model, a batch at a time; epoch -1 for pictures as they are."""
    keys = [(int(frame), epoch) for frame in frames]
    batches = [keys[start : start + settings.batch_size] for start in range(0, len(keys), settings.batch_size)]
    device = next(model.parameters()).device
    dataset: Any = pairs  # torch asks for no more than its __getitem__
    for batch in DataLoader(dataset, batch_sampler=batches, num_workers=settings.workers):
        pain, neutral, pspi, aus = (part.to(device) for part in batch)
        yield model(pain, neutral), pspi, aus
