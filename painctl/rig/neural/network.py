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
from typing import Final

import torch
from torch import Tensor, nn

from painctl.rig.neural.body import Body
from painctl.rig.neural.diffusion_net import DiffusionNet
from painctl.shard.schema import ACTION_UNITS

CONTROLS: Final = tuple(f"{unit} {side}" for unit in ACTION_UNITS for side in ("left", "right"))
FIELDS: Final = (*CONTROLS, *(f"{control} under closed lids" for control in CONTROLS[:-2]))
_OCTAVES = 4  # of the place's waves, from 8 cm down by halves
_LONGEST = 0.8  # decimetres
_FINE = 0.05  # of what its layers say is what the network changes: it begins from what its texels know
_NEAR = 0.01  # decimetres, likewise, of the place
_ODD = 0.6  # openness beyond the mean head's, as a share, past which no person was seen
_NOTHING = 1e-5  # decimetres: less than this moves no skin


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


@dataclass(frozen=True, eq=False)
class Prepared:
    """A head of N vertices and M' moving triangles, ready for expressions."""

    carried: Tensor  # [N, 22, 3], how far each of `FIELDS` carries the vertex at full strength, decimetres
    alone: Tensor  # [M', 12, 3, 3], what each control by itself deviates from that, dd / du
    seen: Tensor  # [M', H], for mixtures
    slope: Tensor  # [M', 3, 3], du / dx
    place: Tensor  # [N, 3], of the vertices
    faces: Tensor  # [M', 3]
    hats: Tensor  # [M', 3, 3]


class RigNetwork(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        controls, width, half = len(CONTROLS), shape.width, shape.width // 2
        self.encoder = DiffusionNet(9, shape.channels, shape.blocks)
        self.shift = nn.Linear(shape.channels, 3)
        self.marks = nn.Linear(shape.channels, shape.marks)
        self.code = nn.Sequential(nn.Linear(shape.channels, shape.code), nn.Tanh())
        self.gain = nn.Linear(shape.code, len(FIELDS))
        self.by_openness = nn.Parameter(torch.zeros(len(FIELDS), 3))
        self.carried = nn.Parameter(torch.zeros(shape.texels, 3 * len(FIELDS)))
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

    def prepare(self, body: Body) -> Prepared:
        """Read a head: what is the same for all its expressions."""
        features = self.encoder(torch.cat([body.vertices, body.normals, body.place], 1), body.modes)
        place, marks = body.place + _NEAR * self.shift(features), self.marks(features)
        code = self.code((body.modes.mass / body.modes.mass.sum()) @ features)
        carried, lore = (
            torch.einsum("nc,nci->ni", body.weights, table[body.corners]) for table in (self.carried, self.lore)
        )
        # lids that have farther to go carry more; fields take turns, left and right
        powers = body.openness.clamp(-_ODD, _ODD)[:, None] ** torch.arange(1, 4, device=code.device)
        opened = (self.by_openness * powers.repeat(len(FIELDS) // 2, 1)).sum(1)
        carried = carried.unflatten(1, (len(FIELDS), 3)) * (1 + opened + self.gain(code))[:, None]
        corners = place[body.faces]
        middle = corners.mean(1)
        waves = 2 * torch.pi / _LONGEST * 2.0 ** torch.arange(_OCTAVES, device=middle.device)
        phases = (middle[:, :, None] * waves).flatten(1)
        rest = torch.cat([marks, lore], 1)[body.faces].mean(1)
        told = [middle, phases.sin(), phases.cos(), rest, body.face_normals, code.expand(len(middle), -1)]
        trunk = self.trunk(torch.cat(told, 1))
        alone = _FINE * self.alone(trunk).unflatten(1, (len(CONTROLS), 3, 3))
        slope = torch.einsum("fci,fcj->fij", corners, body.hats)
        return Prepared(carried, alone, self.seen(trunk), slope, place, body.faces, body.hats)

    def forward(self, prepared: Prepared, activations: Tensor) -> Tensor:
        """Deviations D = J - I, [E, M', 3, 3], for activations [E, 12], 0 to 1 in the order of `CONTROLS`.

        Homogeneous of degree one: D(s a) = s D(a) for s >= 0, so that no activations give exactly none, and along
        any mixture of units each vertex moves on a straight line, farther with more of it.
        """
        amount = activations.norm(dim=1)
        mixture = activations / amount.clamp(min=1e-12)[:, None]
        carried = shared(mixture, prepared.carried)
        known = torch.einsum("efci,fcj->efij", carried[:, prepared.faces], prepared.hats)
        single = torch.einsum("ek,fkij->efij", mixture, prepared.alone)
        mixed = self.together(prepared.seen + self.asked(mixture)[:, None]).unflatten(2, (3, 3))
        return amount[:, None, None, None] * (known + (single + _FINE * mixed) @ prepared.slope)


def shared(mixture: Tensor, carried: Tensor) -> Tensor:
    """How far controls at once, [E, 12], carry vertices that each field by itself carries by [N, 22, 3]: [E, N, 3].

    The open rig's rule for units that pull the same skin, d = sum v_k sqrt(sum |v_k|^2) / sum |v_k| over all units
    but AU43, left and right together; what closes the eyes is added. As far as they are closed a unit carries what
    it carries under closed lids, which a squint moves less than open ones.
    """
    single, shut = mixture[:, :-2], mixture[:, -2:].repeat(1, len(ACTION_UNITS) - 1)
    under = torch.minimum(single, shut)
    amounts = torch.cat([single - under, under], 1).unflatten(1, (2, -1, 2))
    units = torch.einsum("evks,nvksi->enki", amounts, _by_unit(carried))
    length = (units.square().sum(3) + _NOTHING**2).sqrt()
    share = length.norm(dim=2) / length.sum(2)
    blink = torch.einsum("es,nsi->eni", mixture[:, -2:], carried[:, len(CONTROLS) - 2 : len(CONTROLS)])
    return units.sum(2) * share[:, :, None] + blink


def _by_unit(carried: Tensor) -> Tensor:
    """Fields of open and of closed eyes by unit and side: [N, 2, 5, 2, 3]."""
    opened, closed = carried[:, : len(CONTROLS) - 2], carried[:, len(CONTROLS) :]
    return torch.stack([opened, closed], 1).unflatten(2, (-1, 2))
