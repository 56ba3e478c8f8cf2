"""The heads that a network is trained on: people of the open head on various triangulations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import UNIT, HeadTensors
from painctl.rig.neural.poisson import Poisson
from painctl.rig.neural.source_rig import SourceRig, people
from painctl.rig.neural.template import TemplateFit
from painctl.rig.neural.triangulations import Triangulation, plain, remeshed
from painctl.runs.draws import draws

# number of triangles, and seed, of each remeshing in training; tests use other seeds
REMESHINGS = ((6500, 1), (4500, 2), (3000, 3), (2000, 4), (3500, 5), (5500, 6), (2500, 7))
_WARP, _WARP_EVERY = 0.002, 4  # every fourth head is warped by this many metres, to a shape that the model lacks
_BUMPS, _BUMP_RADIUS = 30, 0.035  # of a warp: how many, and metres


class TrainingHead:
    """One person on one triangulation of N vertices."""

    def __init__(self, source: SourceRig, neutral: np.ndarray, triangulation: Triangulation) -> None:
        """`neutral` [V, 3] metres, on the open head's own vertices."""
        self.source, self.neutral, self._triangulation = source, neutral, triangulation
        mesh = CleanMesh.of(UNIT * triangulation(neutral.astype(np.float64)), triangulation.faces)
        fit = TemplateFit.of(source.template, mesh)
        self.rows = mesh.rows
        self.tensors = HeadTensors.of(fit, source.template)
        self.poisson = Poisson(mesh, fit.pinned, fit.active)
        self.template_positions = self._transferred(UNIT * source.mean)  # the true ones, [N, 3] decimetres

    def displacements(self, *expressions: np.ndarray) -> Tensor:
        """The true displacements in expressions as from `SourceRig.draw`, [E, N, 3] decimetres."""
        fields = self.source.displacements(self.neutral, *expressions)
        return torch.stack([self._transferred(UNIT * field) for field in fields])

    def _transferred(self, field: np.ndarray) -> Tensor:
        """A field [V, C] of the open head at the vertices of this head, [N, C]."""
        return torch.from_numpy(self._triangulation(field)[self.rows].astype(np.float32))


def training_heads(source: SourceRig, count: int, seed: int) -> Iterator[TrainingHead]:
    """`count` people, each on the next of the training triangulations; every fourth person is warped."""
    triangulations = training_triangulations(source)
    for index, neutral in enumerate(people(source.head, count, seed)):
        shape = warped(neutral, _WARP, seed, index) if index % _WARP_EVERY == 0 else neutral
        yield TrainingHead(source, shape, triangulations[index % len(triangulations)])


def training_triangulations(source: SourceRig) -> list[Triangulation]:
    """The open head's own triangulation and its `REMESHINGS`."""
    base = plain(source.head.topology.faces, len(source.head.template))
    return [base, *(remeshed(base, source.head.template, *remeshing) for remeshing in REMESHINGS)]


def warped(neutral: np.ndarray, amount: float, seed: int, identity: int) -> np.ndarray:
    """A head [V, 3] moved smoothly by `amount` metres, root mean square."""
    generator = draws(seed, identity, "warp")
    centres = neutral[generator.integers(len(neutral), size=_BUMPS)]
    squared = np.square(neutral[:, None] - centres).sum(2)
    field = np.exp(-squared / (2 * _BUMP_RADIUS**2)) @ generator.normal(size=(_BUMPS, 3))
    return neutral + amount * field / np.sqrt(np.square(field).sum(1).mean())
