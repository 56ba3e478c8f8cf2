"""Training the aligner: the likelihood of each landmark's place, its visibility, and the head's pose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from painctl.aligner.network import DEGREES, Architecture, LandmarkNet, Located, grey_levels
from painctl.aligner.samples import UNCHANGED, Samples
from painctl.runs.fit import FitSettings, fit
from painctl.runs.resume import Checkpointer
from painctl.runs.seeding import seeded

_VISIBLE, _POSE = 5.0, 20.0  # weights of the losses beside the likelihood of the places
_OUTER_CORNERS: Final = (36, 45)  # of the eyes

Batch = tuple[Tensor, Tensor, Tensor, Tensor]  # windows, places, which are visible, poses


def initial_network(seed: int) -> LandmarkNet:
    """A network before training."""
    with seeded(seed, "aligner"):
        return LandmarkNet(Architecture())


def train(
    network: LandmarkNet,
    samples: Samples,
    validation: Samples | None,
    settings: FitSettings,
    checkpointer: Checkpointer | None = None,
    log: Callable[[dict[str, Any]], None] = lambda row: None,
) -> LandmarkNet:
    """Train a network in place and return it in evaluation mode.

    A row of the log has epoch and loss; with `validation`, also what `measure` says of it. Otherwise as `runs.fit.fit`.
    """

    def loss(rows: np.ndarray, epoch: int) -> Tensor:
        return _loss(network, _batch(samples, rows, epoch))

    def errors() -> dict[str, float]:
        return {} if validation is None else measure(network, validation, settings.batch_size)

    fit(network, len(samples.source), loss, settings, errors, checkpointer, log)
    return network


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
    visibility = functional.binary_cross_entropy_with_logits(located.visible, visible)
    turned = functional.mse_loss(located.pose, pose)
    return likelihood + _VISIBLE * visibility + _POSE * turned
