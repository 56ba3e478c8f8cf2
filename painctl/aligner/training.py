"""Training the aligner: AdamW on the likelihood of each landmark's place, keeping the last epoch's weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from painctl.aligner.network import DEGREES, Architecture, LandmarkNet, Located, grey_levels
from painctl.aligner.samples import UNCHANGED, Samples
from painctl.files.signals import defer_signals
from painctl.runs.draws import draws
from painctl.runs.resume import Checkpointer, TrainingProgress
from painctl.runs.seeding import deterministic, seeded

_WARMUP: Final = 0.1  # share of the steps with a rising learning rate
_FINAL: Final = 0.01  # end of the cosine, as a share of the learning rate
_VISIBLE, _POSE = 5.0, 20.0  # weights of the losses beside the likelihood of the places
_CLIP: Final = 10.0  # maximum norm of the gradient
_OUTER_CORNERS: Final = (36, 45)  # of the eyes

Batch = tuple[Tensor, Tensor, Tensor, Tensor]  # windows, places, which are visible, poses


@dataclass(frozen=True)
class AlignerSettings:
    """All settings of a training."""

    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    seed: int = 0


def initial_network(seed: int) -> LandmarkNet:
    """A network before training."""
    with seeded(seed, "aligner"):
        return LandmarkNet(Architecture())


def train(
    network: LandmarkNet,
    samples: Samples,
    validation: Samples | None,
    settings: AlignerSettings,
    checkpointer: Checkpointer | None = None,
    log: Callable[[dict[str, Any]], None] = lambda row: None,
) -> LandmarkNet:
    """Train a network in place and return it in evaluation mode.

    A row of the log has epoch and loss; with `validation`, also what `measure` says of it. The same seed gives the same
    weights, bit for bit, on the same machine, also if a killed run is resumed by the checkpointer. A signal stops it
    after the current step, and its state is saved. Raises ValueError for an empty source, and as `Checkpointer.load`.
    """
    if not len(samples.source):
        raise ValueError("no pictures to train on")
    optimizer = torch.optim.AdamW(network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    progress, _ = checkpointer.load(network, optimizer) if checkpointer else (TrainingProgress(), None)
    for row in progress.rows:
        log(row)
    steps = max(1, len(samples.source) // settings.batch_size)

    def save() -> None:
        if checkpointer:
            checkpointer.save(progress, network, optimizer, None)

    with deterministic(), defer_signals() as stop_if_signalled:
        while progress.epoch < settings.epochs:
            network.train()
            order = draws(settings.seed, -1, f"order/{progress.epoch}").permutation(len(samples.source))
            while progress.step < steps:
                rows = order[progress.step * settings.batch_size :][: settings.batch_size]
                rate = _rate(progress.epoch * steps + progress.step, settings.epochs * steps, settings)
                loss = _step(network, optimizer, _batch(samples, rows, progress.epoch), rate)
                progress.sums["loss"] = progress.sums.get("loss", 0.0) + loss / steps
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
            if validation is not None:
                row |= measure(network, validation, settings.batch_size)
            log(row)
            progress.epoch, progress.step, progress.sums = progress.epoch + 1, 0, {}
            progress.rows.append(row)
        save()
    return network.eval()


def _step(network: LandmarkNet, optimizer: torch.optim.Optimizer, batch: Batch, rate: float) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    loss = _loss(network, batch)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
    optimizer.step()
    return loss.item()


def measure(network: LandmarkNet, samples: Samples, batch_size: int = 32) -> dict[str, float]:
    """How a network does in one pass over unchanged pictures in displaced windows.

    `error`: mean distance of the landmarks from their places, over that of the outer corners of the eyes; `visible`:
    share of the landmarks rightly said to be visible or hidden; `yaw` and `pitch`: mean absolute errors, degrees.
    """
    network.eval()
    columns = []
    rows = np.arange(len(samples.source))
    with torch.inference_mode():
        for start in range(0, len(rows), batch_size):
            windows, places, visible, pose = _batch(samples, rows[start : start + batch_size], UNCHANGED)
            located: Located = network(grey_levels(windows))
            right, left = (places[:, corner] for corner in _OUTER_CORNERS)
            distance = (located.points - places).norm(dim=-1).mean(dim=1) / (right - left).norm(dim=-1)
            agree = ((located.visible > 0) == (visible > 0.5)).float().mean(dim=1)
            columns.append(torch.cat([distance[:, None], agree[:, None], (located.pose - pose).abs() * DEGREES], dim=1))
    means = torch.cat(columns).mean(dim=0).tolist()
    return dict(zip(("error", "visible", "yaw", "pitch"), means, strict=True))


def _batch(samples: Samples, rows: np.ndarray, epoch: int) -> Batch:
    parts = zip(*(samples.sample(int(row), epoch) for row in rows), strict=True)
    windows, places, visible, pose = (torch.from_numpy(np.stack(part)) for part in parts)
    return windows, places, visible, pose


def _loss(network: LandmarkNet, batch: Batch) -> Tensor:
    """The negative log-likelihood of the places under Laplace distributions, constant left out, and the other two."""
    windows, places, visible, pose = batch
    located: Located = network(grey_levels(windows))
    distance = (located.points - places).abs().sum(dim=-1)
    likelihood = (distance / located.spread + 2 * located.spread.log()).mean()
    seen = functional.binary_cross_entropy_with_logits(located.visible, visible)
    turned = functional.mse_loss(located.pose, pose)
    return likelihood + _VISIBLE * seen + _POSE * turned


def _rate(step: int, steps: int, settings: AlignerSettings) -> float:
    """The learning rate at a step: a linear warmup, then half a cosine."""
    warmup = max(1, round(_WARMUP * steps))
    if step < warmup:
        return settings.learning_rate * (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return settings.learning_rate * (_FINAL + (1 - _FINAL) * 0.5 * (1 + math.cos(math.pi * progress)))
