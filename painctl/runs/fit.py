"""The loop that trains a small network: AdamW, a warmup and a cosine, saved and resumed to the same bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from painctl.files.signals import defer_signals
from painctl.runs.draws import draws
from painctl.runs.resume import Checkpointer, TrainingProgress
from painctl.runs.seeding import deterministic

_WARMUP: Final = 0.1  # share of the steps with a rising learning rate
_FINAL: Final = 0.01  # end of the cosine, as a share of the learning rate
_CLIP: Final = 10.0  # maximum norm of the gradient

Loss = Callable[[np.ndarray, int], Tensor]  # of the samples in these rows, in an epoch counted from 0


@dataclass(frozen=True)
class FitSettings:
    """All settings of a training."""

    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    seed: int = 0


def fit(
    network: nn.Module,
    count: int,
    loss: Loss,
    settings: FitSettings,
    measure: Callable[[], dict[str, float]] = dict,
    checkpointer: Checkpointer | None = None,
    log: Callable[[dict[str, Any]], None] = lambda row: None,
) -> None:
    """Train a network in place on `count` samples, keep the weights of the last epoch, and leave it in evaluation mode.

    A row of the log has epoch, loss and what `measure` returns after it. The same seed gives the same weights, bit for
    bit, on the same machine, also if a killed run is resumed by the checkpointer. A signal stops it after the current
    step, and its state is saved. Raises ValueError without samples, and as `Checkpointer.load`.
    """
    if not count:
        raise ValueError("no pictures to train on")
    optimizer = torch.optim.AdamW(network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    progress, _ = checkpointer.load(network, optimizer) if checkpointer else (TrainingProgress(), None)
    for row in progress.rows:
        log(row)
    steps = max(1, count // settings.batch_size)

    def save() -> None:
        if checkpointer:
            checkpointer.save(progress, network, optimizer, None)

    with deterministic(), defer_signals() as stop_if_signalled:
        while progress.epoch < settings.epochs:
            network.train()
            order = draws(settings.seed, -1, f"order/{progress.epoch}").permutation(count)
            while progress.step < steps:
                rows = order[progress.step * settings.batch_size :][: settings.batch_size]
                rate = _rate(progress.epoch * steps + progress.step, settings.epochs * steps, settings)
                mean = _step(network, optimizer, loss(rows, progress.epoch), rate)
                progress.sums["loss"] = progress.sums.get("loss", 0.0) + mean / steps
                progress.step += 1
                try:
                    stop_if_signalled()
                except BaseException:
                    save()
                    raise
                if checkpointer and checkpointer.is_due():
                    save()
            row = {"epoch": progress.epoch + 1, "loss": progress.sums["loss"]}
            if not math.isfinite(row["loss"]):
                raise ValueError(f"the loss became NaN or infinite in epoch {row['epoch']}; train with another --seed")
            network.eval()
            row |= measure()
            log(row)
            progress.epoch, progress.step, progress.sums = progress.epoch + 1, 0, {}
            progress.rows.append(row)
        save()
    network.eval()


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
    optimizer.step()
    return loss.item()


def _rate(step: int, steps: int, settings: FitSettings) -> float:
    """The learning rate at a step: a linear warmup, then half a cosine."""
    warmup = max(1, round(_WARMUP * steps))
    if step < warmup:
        return settings.learning_rate * (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return settings.learning_rate * (_FINAL + (1 - _FINAL) * 0.5 * (1 + math.cos(math.pi * progress)))
