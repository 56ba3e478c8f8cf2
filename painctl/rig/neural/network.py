"""The network of the neural rig: from a neutral head and activations of action units to Jacobians of its triangles.

Neural Face Rigging (Qin et al., 2023) as far as it is published: DiffusionNet reads the head, an MLP on each triangle
gives a Jacobian (Aigerman et al., "Neural Jacobian Fields", 2022). Ours reads more from the head: where each vertex
lies on the head that the rig was trained on, its place u. A face moves by much the same displacement d(u) whoever
pulls it, so by the chain rule a triangle's deviation D = J - I is (dd / du) (du / dx): the MLP gives the first factor,
the head the second, and the shape of a person is not to be learned again for each unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from painctl.rig.neural.diffusion_net import DiffusionNet, Modes
from painctl.shard.schema import ACTION_UNITS

CONTROLS: Final = tuple(f"{unit} {side}" for unit in ACTION_UNITS for side in ("left", "right"))
UNIT: Final = 10.0  # the network's unit is a decimetre: a head is about 1 across
_OCTAVES = 5  # of the place's waves: from 60 cm to 4 cm, 2 cm and so on by halves
_LARGEST_WAVE = 3.0  # decimetres


@dataclass(frozen=True)
class Shape:
    """What the network is made of."""

    channels: int = 64  # of DiffusionNet
    blocks: int = 3
    marks: int = 12  # features of a vertex that nothing names
    code: int = 32  # of the identity
    width: int = 128  # of the MLP on the triangles
    places: tuple[str, ...] = ()  # parts of the face that a vertex is told to belong to


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network reads from a neutral head of N vertices."""

    place: Tensor  # [N, 3], where it lies on the training template, decimetres
    parts: Tensor  # [N, P] logits of the parts of a face
    moves: Tensor  # [N] logit: whether any action unit moves it
    marks: Tensor  # [N, Q]
    code: Tensor  # [C], the identity


class RigNetwork(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = DiffusionNet(6, shape.channels, shape.blocks)
        self.heads = nn.Linear(shape.channels, 3 + len(shape.places) + 1 + shape.marks)
        self.code = nn.Sequential(nn.Linear(shape.channels, shape.code), nn.Tanh())
        features = 3 + 6 * _OCTAVES + len(shape.places) + shape.marks + 3 + shape.code
        width, half = shape.width, shape.width // 2
        self.trunk = nn.Sequential(
            nn.Linear(features, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU()
        )
        self.alone = nn.Linear(width, 9 * len(CONTROLS))
        self.seen = nn.Linear(width, half)
        self.asked = nn.Linear(len(CONTROLS), half)
        self.together = nn.Sequential(nn.SiLU(), nn.Linear(half, half), nn.SiLU(), nn.Linear(half, 9))
        for layer in (self.alone, self.together[-1]):
            nn.init.normal_(layer.weight, std=1e-3)
            nn.init.zeros_(layer.bias)

    def read(self, vertices: Tensor, normals: Tensor, surface: Modes) -> Reading:
        """The reading of a head in the training frame, `vertices` [N, 3] in decimetres, `normals` [N, 3]."""
        features = self.encoder(torch.cat([vertices, normals], 1), surface)
        parts = len(self.shape.places)
        shift, named, moves, marks = self.heads(features).split([3, parts, 1, self.shape.marks], 1)
        share = surface.mass / surface.mass.sum()
        return Reading(vertices + shift, named, moves[:, 0], marks, self.code(share @ features))

    def prepare(self, reading: Reading, faces: Tensor, hats: Tensor, normals: Tensor) -> Prepared:
        """What is the same for every expression of a head; `faces` [M, 3], `hats` [M, 3, 3], `normals` [M, 3]."""
        places = reading.place[faces]
        middle = places.mean(1)
        frequencies = 2 * torch.pi / _LARGEST_WAVE * 2 ** torch.arange(_OCTAVES, device=middle.device)
        phases = (middle[:, :, None] * frequencies).flatten(1)
        rest = torch.cat([reading.parts.sigmoid(), reading.marks], 1)[faces].mean(1)
        code = reading.code.expand(len(faces), -1)
        trunk = self.trunk(torch.cat([middle, phases.sin(), phases.cos(), rest, normals, code], 1))
        moves = reading.moves.sigmoid()[faces].amax(1)
        slope = torch.einsum("fci,fcj->fij", places, hats) * moves[:, None, None]
        return Prepared(self.alone(trunk).unflatten(1, (len(CONTROLS), 3, 3)), self.seen(trunk), slope)

    def forward(self, prepared: Prepared, activations: Tensor) -> Tensor:
        """Deviations D = J - I, [E, M, 3, 3], for activations [E, 12], 0..1 in the order of `CONTROLS`.

        Homogeneous of degree one: D(s a) = s D(a) for s >= 0, so that no activations give exactly none, and along
        any mixture of units each vertex moves on a straight line, farther with more of it.
        """
        amount = activations.norm(dim=1)
        mixture = activations / amount.clamp(min=1e-12)[:, None]
        single = torch.einsum("ek,fkij->efij", mixture, prepared.alone)
        mixed = self.together(prepared.seen + self.asked(mixture)[:, None]).unflatten(2, (3, 3))
        return amount[:, None, None, None] * ((single + mixed) @ prepared.slope)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A head of M triangles, ready for expressions."""

    alone: Tensor  # [M, 12, 3, 3], of each unit by itself
    seen: Tensor  # [M, H], for mixtures
    slope: Tensor  # [M, 3, 3], du / dx, and 0 where nothing moves
