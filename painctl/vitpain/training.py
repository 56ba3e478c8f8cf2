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


def train(
    model: ViTPain,
    source: PairSource,
    validation: PairSource | None,
    settings: Settings,
    log: Callable[[dict[str, Any]], None] = lambda row: None,
) -> ViTPain:
    """Train a model in place and return it, in evaluation mode.

    `log` gets one row an epoch: epoch, learning_rate, the mean losses, and with `validation` the same losses and the
    PCC there; the weights kept are then those of the epoch with the least validation loss, else the last. The same
    seed gives the same weights, bit for bit, on the same machine. Raises ValueError for an empty source, and
    if a loss is no longer a number.
    """
    for part in (source, validation):
        if part is not None and len(part) == 0:
            raise ValueError("no frames to train or validate on")
    size, crop = model.architecture.preprocess.size, model.architecture.preprocess.crop
    pairs = Pairs(source, size, crop, settings.seed)
    held_out = validation and Pairs(validation, size, crop)
    optimizer = torch.optim.AdamW(parameter_groups(model, settings), lr=settings.learning_rate)
    steps = settings.epochs * math.ceil(len(source) / settings.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, steps, settings))
    best, kept = math.inf, None
    with deterministic(), seeded(settings.seed, "dropout"):
        for epoch in range(settings.epochs):
            model.train()
            row = {"epoch": epoch + 1, "learning_rate": schedule.get_last_lr()[0]}
            seen = []
            for outputs, pspi, aus in _outputs(
                model, pairs, draw_frames(source.pspi, epoch, settings), epoch, settings
            ):
                terms = losses(outputs, pspi, aus, settings)
                optimizer.zero_grad()
                terms["loss"].backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
                optimizer.step()
                schedule.step()
                seen.append([term.item() for term in terms.values()])
            row |= dict(zip(terms, np.mean(seen, axis=0).tolist(), strict=True))
            if not math.isfinite(row["loss"]):
                raise ValueError(
                    f"the loss is no number in epoch {epoch + 1}; try a learning rate below {settings.learning_rate:g}"
                )
            if held_out:
                row |= evaluate(model, held_out, settings)
                if row["validation_loss"] < best:
                    best = row["validation_loss"]
                    kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
            log(row)
    if kept is not None:
        model.load_state_dict(kept)
    return model.eval()


def evaluate(model: ViTPain, pairs: Pairs, settings: Settings) -> dict[str, float]:
    """The losses and the PCC of a model on pictures as they are; keys start with `validation_`."""
    model.eval()
    with torch.inference_mode():
        parts = list(_outputs(model, pairs, np.arange(len(pairs.source)), -1, settings))
    outputs = Outputs(*(torch.cat(part) for part in zip(*(part[0] for part in parts), strict=True)))
    pspi, aus = (torch.cat([part[i] for part in parts]) for i in (1, 2))
    terms = {name: float(term) for name, term in losses(outputs, pspi, aus, settings).items()}
    terms["pcc"] = pearson(pspi.cpu().numpy(), outputs.pspi.cpu().numpy())
    return {f"validation_{name}": value for name, value in terms.items()}


def draw_frames(pspi: np.ndarray, epoch: int, settings: Settings) -> np.ndarray:
    """The frames of one epoch, as many as there are, drawn with replacement by weight."""
    weights = np.where(np.asarray(pspi) >= 1, settings.pain_weight, 1.0)
    rng = draws(settings.seed, -1, f"frames/{epoch}")
    return rng.choice(len(weights), len(weights), p=weights / weights.sum())


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
    changed = epoch if settings.augment else -1
    keys = [(int(frame), changed) for frame in frames]
    batches = [keys[start : start + settings.batch_size] for start in range(0, len(keys), settings.batch_size)]
    device = next(model.parameters()).device
    for batch in DataLoader(pairs, batch_sampler=batches, num_workers=settings.workers):
        pain, neutral, pspi, aus = (part.to(device) for part in batch)
        yield model(pain, neutral), pspi, aus
