"""Teaching the neural rig: a few heads a step, some faces of each, all losses at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch import Tensor

from painctl.rig.neural.head_tensors import HeadTensors
from painctl.rig.neural.losses import losses
from painctl.rig.neural.network import RigNetwork, Shape
from painctl.rig.neural.poisson import solve
from painctl.rig.neural.training_heads import Teacher, TrainingHead
from painctl.runs.draws import draws
from painctl.runs.resume import Checkpointer

_HEADS = 4  # each step
_OFTEN = 50  # steps between two rows of the log
_WARM = 100  # steps until the learning rate is reached
_LOOSE = (2.0, 0.02, 0.03)  # deviations of a pose: degrees about each axis, share of the size, decimetres
_UPRIGHT = 0.5  # of the steps see the head as it is
_CLIP = 1.0
_ASKED = 40  # people who are asked how much farther open eyes close
_CARE = 0.1  # of the learning rate, for what the network knew before it learned
_WEIGHTS = {"place": 0.2, "jacobians": 1.0, "vertices": 1.0, "normals": 0.5}


@dataclass(frozen=True)
class RigTrainingSettings:
    """What decides the weights, with the specimens."""

    steps: int
    people: int
    seed: int
    learning_rate: float
    actions: str = "pain"  # what it is taught, a name in VOCABULARIES


def untaught(teacher: Teacher, seed: int, actions: str = "pain") -> RigNetwork:
    """A network as the seed begins it: its texels know what the mean head does, and nothing else is known."""
    torch.manual_seed(seed)
    network = RigNetwork(Shape(texels=len(teacher.skin), actions=actions))
    with torch.no_grad():
        network.carried.copy_(torch.from_numpy(teacher.carried()))
        network.by_openness.copy_(torch.from_numpy(teacher.gains(_ASKED)))
    return network


def teach(
    network: RigNetwork,
    specimens: Sequence[TrainingHead],
    settings: RigTrainingSettings,
    state: Path,
    tick: Callable[[], None] = lambda: None,
    log: Callable[[int, dict[str, float]], None] = lambda step, losses: None,
    seconds: float = 60,
    device: str = "cpu",
) -> None:
    """Train in place. `state` holds the run, which goes on from there if it was killed, to the same bytes.

    `tick` is called after each step, `log` now and then with the mean losses since the last time. The solve is on the
    CPU whatever the device. Raises ValueError if `state` is of another run, or the network has come to nothing.
    """
    network.to(device)
    optimizer = _optimizer(network)
    about = {**asdict(settings), "specimens": len(specimens), "network": asdict(network.shape)}
    checkpointer = Checkpointer(state, about, seconds)
    position, _ = checkpointer.load(network, optimizer)
    while position.step < settings.steps:
        for group in optimizer.param_groups:
            group["lr"] = group["share"] * settings.learning_rate * _pace(position.step, settings.steps)
        optimizer.zero_grad(set_to_none=True)
        for lesson in range(_HEADS * position.step, _HEADS * (position.step + 1)):
            found = _lesson(network, specimens, settings.seed, lesson, device)
            sum((_WEIGHTS[name] / _HEADS * loss for name, loss in found.items()), torch.zeros(())).backward()
            for name, loss in found.items():
                position.sums[name] = position.sums.get(name, 0.0) + float(loss.detach()) / _HEADS / _OFTEN
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
        if not torch.isfinite(norm):
            raise ValueError(f"step {position.step + 1}: the losses are no numbers any more; lower --learning-rate")
        optimizer.step()
        position.step += 1
        tick()
        if position.step % _OFTEN == 0:
            log(position.step, dict(position.sums))
            position.sums = {}
        if checkpointer.is_due():
            checkpointer.save(position, network, optimizer, None)
    checkpointer.save(position, network, optimizer, None)


def _optimizer(network: RigNetwork) -> torch.optim.Optimizer:
    """What the texels knew from the start is changed with care."""
    known = [network.carried, network.by_openness]
    rest = [parameter for parameter in network.parameters() if all(parameter is not each for each in known)]
    groups = [{"params": rest, "share": 1.0}, {"params": known, "share": _CARE}]
    return torch.optim.Adam(groups, betas=(0.9, 0.995))


def _pace(step: int, steps: int) -> float:
    """The learning rate's share: up over `_WARM` steps, then down along half a cosine to a hundredth."""
    return min(1, (step + 1) / _WARM) * (0.01 + 0.99 * (1 + math.cos(math.pi * step / steps)) / 2)


def _lesson(
    network: RigNetwork, specimens: Sequence[TrainingHead], seed: int, lesson: int, device: str
) -> dict[str, Tensor]:
    generator = draws(seed, lesson, "rig lesson")
    specimen = specimens[int(generator.integers(len(specimens)))]
    face = specimen.teacher.draw(generator, seed, lesson)
    truth, asked = specimen.displacements(*face).to(device), torch.from_numpy(specimen.teacher.asked(*face)).to(device)
    body = specimen.body.to(device)
    posed, turn = _pose(body, generator)
    prepared = network.prepare(posed)
    deviations = turn.T @ network(prepared, asked) @ turn
    moved = solve(deviations, specimen.poisson)
    return losses(prepared.place, deviations, moved, specimen.place.to(device), truth, body)


def _pose(body: HeadTensors, generator: np.random.Generator) -> tuple[HeadTensors, Tensor]:
    """The body as an alignment that is a little off leaves it, and its turn [3, 3]."""
    angles, size, shift = (
        np.clip(generator.normal(0, d, n), -2 * d, 2 * d) for d, n in zip(_LOOSE, (3, 1, 3), strict=True)
    )
    if generator.random() < _UPRIGHT:
        return body, torch.eye(3).to(body.vertices)
    turn = torch.from_numpy(Rotation.from_rotvec(angles, degrees=True).as_matrix()).to(body.vertices)
    return body.posed(turn, float(1 + size[0]), torch.from_numpy(shift).to(body.vertices)), turn
