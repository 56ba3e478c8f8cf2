"""Training of the neural rig: four heads in each step, six expressions of each, all losses at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch import Tensor

from painctl.files.signals import defer_signals
from painctl.rig.neural.head_tensors import HeadTensors
from painctl.rig.neural.losses import Expressions, losses
from painctl.rig.neural.network import Architecture, RigNetwork
from painctl.rig.neural.poisson import solve
from painctl.rig.neural.source_rig import SourceRig
from painctl.rig.neural.training_heads import TrainingHead
from painctl.runs.draws import draws
from painctl.runs.resume import Checkpointer, TrainingProgress

_HEADS = 4  # in each step
_LOG_EVERY = 50  # steps
_WARM_UP = 100  # steps until the learning rate is reached
_POSE_ERROR = (2.0, 0.02, 0.03)  # standard deviations: degrees about each axis, share of the size, decimetres
_UNPOSED = 0.5  # share of the examples without a pose error
_CLIP = 1.0  # gradient norm
_OPENNESS_PEOPLE = 40  # people from whom the initial effect of openness is computed
_FIELD_RATE = 0.1  # of the learning rate, for parameters that begin at the source rig's values
_WEIGHTS = {"place": 0.2, "jacobians": 1.0, "vertices": 1.0, "normals": 0.5}


@dataclass(frozen=True)
class RigTrainingSettings:
    """What determines the weights. The names are keys of training states and weights."""

    steps: int
    people: int
    seed: int
    learning_rate: float
    actions: str = "pain"  # a name in CONTROL_SETS


@dataclass(frozen=True)
class RunOptions:
    """How a training run proceeds, whatever it trains."""

    state: Path  # the file that a killed run resumes from
    device: str = "cpu"
    seconds: float = 60  # between two saves of the state
    any_machine: bool = False  # resume what another kind of machine began
    tick: Callable[[], None] = lambda: None  # called after each step
    log: Callable[[int, dict[str, float]], None] = lambda step, losses: None  # every 50 steps, with their mean losses


def initial_network(source: SourceRig, seed: int, actions: str = "pain") -> RigNetwork:
    """A network before training: its texels have the mean head's displacement fields, the rest is random."""
    torch.manual_seed(seed)
    network = RigNetwork(Architecture(texels=len(source.skin), actions=actions))
    with torch.no_grad():
        network.fields.copy_(torch.from_numpy(source.mean_fields()))
        network.by_openness.copy_(torch.from_numpy(source.openness_coefficients(_OPENNESS_PEOPLE)))
    return network


def train(network: RigNetwork, heads: Sequence[TrainingHead], settings: RigTrainingSettings, run: RunOptions) -> None:
    """Train in place, from `run.state` if it exists: a resumed run gives the same bytes as an uninterrupted one.

    A signal stops it after the current step, and its state is saved. The Poisson solve is on the CPU whatever the
    device. Raises ValueError if the state is of another run, or if the losses become NaN or infinite.
    """
    network.to(run.device)
    optimizer = _optimizer(network)
    about = {**asdict(settings), "specimens": len(heads), "network": network.architecture.record()}
    checkpointer = Checkpointer(run.state, about, run.seconds, run.device, run.any_machine)
    position, _ = checkpointer.load(network, optimizer)
    with defer_signals() as stop_if_signalled:
        while position.step < settings.steps:
            norm = _step(network, optimizer, heads, settings, position, run.device)
            if not torch.isfinite(norm):
                checkpointer.delete()
                raise ValueError(
                    f"losses became NaN or infinite in step {position.step + 1}; "
                    f"lower --learning-rate (now {settings.learning_rate:g})"
                )
            position.step += 1
            run.tick()
            if position.step % _LOG_EVERY == 0:
                run.log(position.step, dict(position.sums))
                position.sums = {}
            if checkpointer.is_due():
                checkpointer.save(position, network, optimizer, None)
            try:
                stop_if_signalled()
            except BaseException:
                checkpointer.save(position, network, optimizer, None)
                raise
        checkpointer.save(position, network, optimizer, None)


def _step(
    network: RigNetwork,
    optimizer: torch.optim.Optimizer,
    heads: Sequence[TrainingHead],
    settings: RigTrainingSettings,
    position: TrainingProgress,
    device: str,
) -> Tensor:
    """One step, unless the gradient is not finite; returns its norm. The losses are added to `position.sums`."""
    for group in optimizer.param_groups:
        group["lr"] = group["share"] * settings.learning_rate * _schedule(position.step, settings.steps)
    optimizer.zero_grad(set_to_none=True)
    for example in range(_HEADS * position.step, _HEADS * (position.step + 1)):
        values = _example_losses(network, heads, settings.seed, example, device)
        sum((_WEIGHTS[name] / _HEADS * loss for name, loss in values.items()), torch.zeros(())).backward()
        for name, loss in values.items():
            position.sums[name] = position.sums.get(name, 0.0) + float(loss.detach()) / _HEADS / _LOG_EVERY
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
    if torch.isfinite(norm):
        optimizer.step()
    return norm


def _optimizer(network: RigNetwork) -> torch.optim.Optimizer:
    """Adam, with a lower rate for the parameters that begin at the source rig's values."""
    initialized = [network.fields, network.by_openness]
    others = [parameter for parameter in network.parameters() if all(parameter is not start for start in initialized)]
    groups = [{"params": others, "share": 1.0}, {"params": initialized, "share": _FIELD_RATE}]
    return torch.optim.Adam(groups, betas=(0.9, 0.995))


def _schedule(step: int, steps: int) -> float:
    """The learning rate's factor: linear up over `_WARM_UP` steps, then half a cosine down to a hundredth."""
    return min(1, (step + 1) / _WARM_UP) * (0.01 + 0.99 * (1 + math.cos(math.pi * step / steps)) / 2)


def _example_losses(
    network: RigNetwork, heads: Sequence[TrainingHead], seed: int, example: int, device: str
) -> dict[str, Tensor]:
    """Losses on some expressions of one head, both drawn by (seed, example)."""
    generator = draws(seed, example, "rig lesson")
    head = heads[int(generator.integers(len(heads)))]
    expressions = head.source.draw(generator, seed, example)
    truth = head.displacements(*expressions).to(device)
    activations = torch.from_numpy(head.source.activations(*expressions)).to(device)
    tensors = head.tensors.to(device)
    posed, rotation = _with_pose_error(tensors, generator)
    encoded = network.encode(posed)
    deviations = rotation.T @ network(encoded, activations) @ rotation
    predicted = Expressions(encoded.template_positions, solve(deviations, head.poisson))
    return losses(predicted, deviations, Expressions(head.template_positions.to(device), truth), tensors)


def _with_pose_error(head: HeadTensors, generator: np.random.Generator) -> tuple[HeadTensors, Tensor]:
    """The head as after an alignment that is slightly off, and its rotation [3, 3]."""
    angles, size, translation = (
        np.clip(generator.normal(0, d, n), -2 * d, 2 * d) for d, n in zip(_POSE_ERROR, (3, 1, 3), strict=True)
    )
    if generator.random() < _UNPOSED:
        return head, torch.eye(3).to(head.vertices)
    rotation = torch.from_numpy(Rotation.from_rotvec(angles, degrees=True).as_matrix()).to(head.vertices)
    return head.posed(rotation, float(1 + size[0]), torch.from_numpy(translation).to(head.vertices)), rotation
