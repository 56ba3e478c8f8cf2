"""The network of the neural rig: from a neutral head and activations of action units to Jacobians of its triangles.

Neural Face Rigging (Qin et al., 2023) as far as it is published: DiffusionNet reads the head, an MLP on each triangle
gives a Jacobian (Aigerman et al., "Neural Jacobian Fields", 2022). Ours is told more, so that little is left to learn.
It knows where each vertex lies on the head that it was trained on, its place u, and has weights of its own for each
vertex of that head, as a neural texture has texels: among them how far each unit carries the skin there. People's
faces move by much the same displacement at the same place, and its slope on a triangle is where the Jacobian begins;
DiffusionNet and the MLP know what differs between people, between triangulations, and between units at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from painctl.rig.neural.diffusion_net import DiffusionNet
from painctl.rig.neural.head_tensors import HeadTensors
from painctl.rig.neural.vocabulary import VOCABULARIES

_OCTAVES = 4  # of the place's waves, from 8 cm down by halves
_LONGEST = 0.8  # decimetres
_FINE = 0.05  # of what its layers say is what the network changes: it begins from what its texels know
_NEAR = 0.01  # decimetres, likewise, of the place
_ODD = 0.6  # openness beyond the mean head's, as a share, past which no person was seen


@dataclass(frozen=True)
class Shape:
    """What the network is made of."""

    texels: int  # vertices of the template
    channels: int = 64  # of DiffusionNet
    blocks: int = 2
    marks: int = 16  # features of a vertex that DiffusionNet finds
    lore: int = 16  # features of a texel
    code: int = 12  # of the identity
    width: int = 128  # of the MLP on the triangles
    actions: str = "pain"  # what it is asked for, a name in VOCABULARIES


@dataclass(frozen=True, eq=False)
class Prepared:
    """A head of N vertices and M' moving triangles, ready for expressions."""

    carried: Tensor  # [N, fields, 3], how far each carries the vertex at full strength, decimetres
    alone: Tensor  # [M', controls, 3, 3], what each control by itself deviates from that, dd / du
    seen: Tensor  # [M', H], for mixtures
    slope: Tensor  # [M', 3, 3], du / dx
    place: Tensor  # [N, 3], of the vertices
    faces: Tensor  # [M', 3]
    hats: Tensor  # [M', 3, 3]


class RigNetwork(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.vocabulary = VOCABULARIES[shape.actions]
        controls, fields = len(self.vocabulary.controls), len(self.vocabulary.fields)
        width, half = shape.width, shape.width // 2
        self.encoder = DiffusionNet(9, shape.channels, shape.blocks)
        self.shift = nn.Linear(shape.channels, 3)
        self.marks = nn.Linear(shape.channels, shape.marks)
        self.code = nn.Sequential(nn.Linear(shape.channels, shape.code), nn.Tanh())
        self.gain = nn.Linear(shape.code, fields)
        self.by_openness = nn.Parameter(torch.zeros(fields, 3))
        self.carried = nn.Parameter(torch.zeros(shape.texels, 3 * fields))
        self.lore = nn.Parameter(torch.randn(shape.texels, shape.lore))
        features = 3 + 6 * _OCTAVES + shape.marks + shape.lore + 3 + shape.code
        self.trunk = nn.Sequential(
            nn.Linear(features, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
        )
        self.alone = nn.Linear(width, 9 * controls)
        self.seen = nn.Linear(width, half)
        self.asked = nn.Linear(controls, half)
        self.together = nn.Sequential(nn.SiLU(), nn.Linear(half, half), nn.SiLU(), nn.Linear(half, 9))
        for layer in (self.shift, self.gain, self.alone, self.together[-1]):
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)

    def prepare(self, body: HeadTensors) -> Prepared:
        """Read a head: what is the same for all its expressions."""
        features = self.encoder(torch.cat([body.vertices, body.normals, body.place], 1), body.modes)
        place, marks = body.place + _NEAR * self.shift(features), self.marks(features)
        code = self.code((body.modes.mass / body.modes.mass.sum()) @ features)
        carried, lore = (
            torch.einsum("nc,nci->ni", body.weights, table[body.corners]) for table in (self.carried, self.lore)
        )
        # lids that have farther to go carry more
        openness = self.vocabulary.sides.to(code) @ body.openness.clamp(-_ODD, _ODD)
        powers = openness[:, None] ** torch.arange(1, 4, device=code.device)
        opened = (self.by_openness * powers).sum(1)
        carried = carried.unflatten(1, (-1, 3)) * (1 + opened + self.gain(code))[:, None]
        corners = place[body.faces]
        middle = corners.mean(1)
        waves = 2 * torch.pi / _LONGEST * 2.0 ** torch.arange(_OCTAVES, device=middle.device)
        phases = (middle[:, :, None] * waves).flatten(1)
        rest = torch.cat([marks, lore], 1)[body.faces].mean(1)
        told = [middle, phases.sin(), phases.cos(), rest, body.face_normals, code.expand(len(middle), -1)]
        trunk = self.trunk(torch.cat(told, 1))
        alone = _FINE * self.alone(trunk).unflatten(1, (-1, 3, 3))
        slope = torch.einsum("fci,fcj->fij", corners, body.hats)
        return Prepared(carried, alone, self.seen(trunk), slope, place, body.faces, body.hats)

    def forward(self, prepared: Prepared, activations: Tensor) -> Tensor:
        """Deviations D = J - I, [E, M', 3, 3], for activations [E, controls], 0 to 1 in the order of its vocabulary's.

        Homogeneous of degree one: D(s a) = s D(a) for s >= 0, so that no activations give exactly none, and along
        any mixture of units each vertex moves on a straight line, farther with more of it.
        """
        amount = activations.norm(dim=1)
        mixture = activations / amount.clamp(min=1e-12)[:, None]
        carried = self.vocabulary.together(mixture, prepared.carried)
        known = torch.einsum("efci,fcj->efij", carried[:, prepared.faces], prepared.hats)
        single = torch.einsum("ek,fkij->efij", mixture, prepared.alone)
        mixed = self.together(prepared.seen + self.asked(mixture)[:, None]).unflatten(2, (3, 3))
        return amount[:, None, None, None] * (known + (single + _FINE * mixed) @ prepared.slope)
