"""Teaching the neural rig: a head a step, some of its faces, all losses at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch import Tensor

from painctl.draw import draws
from painctl.pain.action_units import HIGHEST
from painctl.pain.sampling import draw_asymmetry, draw_one
from painctl.rig.neural.losses import face_losses, reading_losses
from painctl.rig.neural.network import RigNetwork, Shape
from painctl.rig.neural.places import PARTS
from painctl.rig.neural.poisson import solve
from painctl.rig.neural.specimens import Body, Specimen, activations
from painctl.vitpain.resume import Keeper, Position

_FACES = 6  # of a head, each step
_WARM = 50  # steps until the learning rate is reached
_LOOSE = (2.0, 0.02, 0.03)  # deviations of a pose: degrees about each axis, share of the size, decimetres
_UPRIGHT = 0.5  # of the steps see the head as it is
_CLIP = 1.0
_WEIGHTS = {"place": 0.3, "slope": 0.5, "parts": 0.3, "moves": 0.3, "jacobians": 1.0, "vertices": 1.0, "normals": 0.5}


@dataclass(frozen=True)
class Settings:
    """What decides the weights, with the specimens."""

    steps: int = 6000
    people: int = 64
    seed: int = 0
    learning_rate: float = 3e-3


def untaught(settings: Settings) -> RigNetwork:
    """A network as the seed begins it."""
    torch.manual_seed(settings.seed)
    return RigNetwork(Shape(places=PARTS))


def teach(
    network: RigNetwork,
    specimens: Sequence[Specimen],
    settings: Settings,
    state: Path,
    log: Callable[[int, dict[str, float]], None] = lambda step, losses: None,
    seconds: float = 60,
) -> None:
    """Train in place. `state` holds the run, which goes on from there if it was killed, to the same bytes.

    `log` hears of the mean losses of every hundred steps. Raises ValueError if `state` is of another run.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, weight_decay=1e-4)
    about = {**asdict(settings), "specimens": len(specimens), "network": asdict(network.shape)}
    keeper = Keeper(state, about, seconds)
    position, _ = keeper.load(network, optimizer)
    while position.step < settings.steps:
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * _pace(position.step, settings.steps)
        losses = _losses(network, specimens, settings.seed, position.step)
        optimizer.zero_grad(set_to_none=True)
        total = sum((_WEIGHTS[name] * loss for name, loss in losses.items()), torch.zeros(()))
        total.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
        optimizer.step()
        position.step += 1
        for name, loss in losses.items():
            position.sums[name] = position.sums.get(name, 0.0) + float(loss.detach()) / 100
        if position.step % 100 == 0:
            log(position.step, dict(position.sums))
            position.sums = {}
        if keeper.due():
            keeper.save(position, network, optimizer, None)
    keeper.save(position, network, optimizer, None)


def _pace(step: int, steps: int) -> float:
    """The learning rate's share: up over `_WARM` steps, then down along half a cosine to a hundredth."""
    return min(1, (step + 1) / _WARM) * (0.01 + 0.99 * (1 + math.cos(math.pi * step / steps)) / 2)


def _losses(network: RigNetwork, specimens: Sequence[Specimen], seed: int, step: int) -> dict[str, Tensor]:
    generator = draws(seed, step, "rig lesson")
    specimen = specimens[generator.integers(len(specimens))]
    units, asymmetry = _expressions(generator, seed, step)
    truth = specimen.displacements(units, asymmetry)
    body, turn = _pose(specimen.body, generator)
    reading = network.read(body.vertices, body.normals, body.modes)
    prepared = network.prepare(reading, body.faces, body.hats, body.face_normals)
    deviations = turn.T @ network(prepared, torch.from_numpy(activations(units, asymmetry))) @ turn
    moved = solve(deviations, specimen.poisson)
    return {**reading_losses(reading, specimen), **face_losses(deviations, moved, truth, specimen.body)}


def _expressions(generator: np.random.Generator, seed: int, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Half of them one unit alone, half as `rig` draws them at PSPI 1 to 16: units int [E, 6], asymmetry [E, 6]."""
    units = np.zeros((_FACES, 6), int)
    for row, unit in enumerate(generator.choice(6, _FACES // 2, replace=False)):
        units[row, unit] = generator.integers(1, HIGHEST[unit] + 1)
    for row in range(_FACES // 2, _FACES):
        units[row] = draw_one(seed, step, row, 1, np.full(16, 1 / 16))[0]
    return units, draw_asymmetry(seed, step, units)


def _pose(body: Body, generator: np.random.Generator) -> tuple[Body, Tensor]:
    """The body as an alignment that is a little off leaves it, and its turn [3, 3]."""
    angles, size, shift = (np.clip(generator.normal(0, d, n), -2 * d, 2 * d) for d, n in zip(_LOOSE, (3, 1, 3), strict=True))
    if generator.random() < _UPRIGHT:
        return body, torch.eye(3)
    turn = torch.from_numpy(Rotation.from_rotvec(angles, degrees=True).as_matrix()).float()
    return body.posed(turn, float(1 + size[0]), torch.from_numpy(shift).float()), turn
