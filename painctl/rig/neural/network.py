"""The network of the neural rig: from a neutral head and activations of action units to Jacobians of its triangles.

Neural Face Rigging (Qin et al., 2023) as far as it is published: DiffusionNet reads the head, an MLP on each triangle
gives a Jacobian (Aigerman et al., "Neural Jacobian Fields", 2022). Ours is told more: where each vertex lies on the
head that the rig was trained on, its place u. A face moves by much the same displacement d(u) whoever pulls it, so by
the chain rule a triangle's deviation D = J - I is (dd / du) (du / dx). The network gives the first factor, the head
the second, and what a person looks like is not to be learned again for each unit. For the same reason the network
has, besides its MLP, weights that belong to sites of that head, as a neural texture has texels.
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
_OCTAVES = 4  # of the place's waves, from 8 cm down by halves
_LONGEST = 0.8  # decimetres
_FINE = 0.05  # of what its layers say is what the network changes: it begins from what its sites know
_NOTHING = 1e-5  # decimetres: less than this moves no skin


@dataclass(frozen=True)
class Shape:
    """What the network is made of."""

    sites: int  # of the template
    channels: int = 64  # of DiffusionNet
    blocks: int = 2
    marks: int = 16  # features of a vertex that DiffusionNet finds
    texels: int = 16  # features of a site
    code: int = 32  # of the identity
    width: int = 128  # of the MLP on the triangles


@dataclass(frozen=True, eq=False)
class Prepared:
    """A head of M' moving triangles, ready for expressions."""

    alone: Tensor  # [M', 12, 3, 3], of each control by itself, dd / du
    carried: Tensor  # [M', 12, 3], about how far each control by itself carries the triangle, decimetres
    seen: Tensor  # [M', H], for mixtures
    slope: Tensor  # [M', 3, 3], du / dx
    place: Tensor  # [N, 3], of the vertices


class RigNetwork(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        controls, width, half = len(CONTROLS), shape.width, shape.width // 2
        self.encoder = DiffusionNet(9, shape.channels, shape.blocks)
        self.shift = nn.Linear(shape.channels, 3)
        self.marks = nn.Linear(shape.channels, shape.marks)
        self.code = nn.Sequential(nn.Linear(shape.channels, shape.code), nn.Tanh())
        self.field = nn.Parameter(torch.zeros(shape.sites, 9 * controls))
        self.carried = nn.Parameter(torch.zeros(shape.sites, 3 * controls))
        self.texels = nn.Parameter(torch.randn(shape.sites, shape.texels))
        features = 3 + 6 * _OCTAVES + shape.marks + shape.texels + 3 + shape.code
        self.trunk = nn.Sequential(
            nn.Linear(features, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU()
        )
        self.alone = nn.Linear(width, 9 * controls)
        self.seen = nn.Linear(width, half)
        self.asked = nn.Linear(controls, half)
        self.together = nn.Sequential(nn.SiLU(), nn.Linear(half, half), nn.SiLU(), nn.Linear(half, 9))
        for layer in (self.shift, self.alone, self.together[-1]):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def prepare(self, body: Body) -> Prepared:
        """Read a head: what is the same for all its expressions."""
        features = self.encoder(torch.cat([body.vertices, body.normals, body.place], 1), body.modes)
        place, marks = body.place + _FINE * self.shift(features), self.marks(features)
        corners = place[body.faces]
        middle = corners.mean(1)
        waves = 2 * torch.pi / _LONGEST * 2.0 ** torch.arange(_OCTAVES, device=middle.device)
        phases = (middle[:, :, None] * waves).flatten(1)
        code = self.code((body.modes.mass / body.modes.mass.sum()) @ features).expand(len(middle), -1)
        texels, field, carried = (
            (body.weights[:, :, None] * table[body.anchors]).sum(1) for table in (self.texels, self.field, self.carried)
        )
        told = [middle, phases.sin(), phases.cos(), marks[body.faces].mean(1), texels, body.face_normals, code]
        trunk = self.trunk(torch.cat(told, 1))
        alone = (field + _FINE * self.alone(trunk)).unflatten(1, (len(CONTROLS), 3, 3))
        slope = torch.einsum("fci,fcj->fij", corners, body.hats)
        return Prepared(alone, carried.unflatten(1, (len(CONTROLS), 3)), self.seen(trunk), slope, place)

    def forward(self, prepared: Prepared, activations: Tensor) -> Tensor:
        """Deviations D = J - I, [E, M', 3, 3], for activations [E, 12], 0 to 1 in the order of `CONTROLS`.

        Homogeneous of degree one: D(s a) = s D(a) for s >= 0, so that no activations give exactly none, and along
        any mixture of units each vertex moves on a straight line, farther with more of it.
        """
        amount = activations.norm(dim=1)
        mixture = activations / amount.clamp(min=1e-12)[:, None]
        rule = shared(mixture, prepared.alone, prepared.carried)
        rest = self.together(prepared.seen + self.asked(mixture)[:, None]).unflatten(2, (3, 3))
        return amount[:, None, None, None] * ((rule + _FINE * rest) @ prepared.slope)


def shared(mixture: Tensor, alone: Tensor, carried: Tensor) -> Tensor:
    """dd / du [E, M', 3, 3] of controls at once, by the rule of the open rig for units that pull the same skin.

    With v_k the displacement by unit k, left and right together, and l_k its length, the rule is d = s sum v_k,
    s = sqrt(sum l_k^2) / sum l_k; so dd / du = s sum dv_k / du + (sum v_k) (ds / du)^T. Closing the eyes is added.
    """
    sides = mixture.unflatten(1, (-1, 2))
    moves = torch.einsum("eks,fksi->efki", sides[:, :-1], carried.unflatten(1, (-1, 2))[:, :-1])
    slopes = torch.einsum("eks,fksij->efkij", sides[:, :-1], alone.unflatten(1, (-1, 2))[:, :-1])
    length = (moves.square().sum(3) + _NOTHING**2).sqrt()
    total, norm = length.sum(2, keepdim=True), length.norm(dim=2, keepdim=True)
    by_length = length / (norm * total) - norm / total**2
    share_slope = torch.einsum("efk,efki,efkij->efj", by_length / length, moves, slopes)
    open_eyes = (norm / total)[..., None] * slopes.sum(2) + moves.sum(2)[..., None] * share_slope[:, :, None]
    return open_eyes + torch.einsum("es,fsij->efij", sides[:, -1], alone.unflatten(1, (-1, 2))[:, -1])
