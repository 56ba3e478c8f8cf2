"""The network of the neural rig: from a neutral head and activations of action units to Jacobians of its triangles.

Neural Face Rigging (Qin et al., 2023) as far as it is published: DiffusionNet encodes the head, an MLP on each triangle
gives a Jacobian (Aigerman et al., "Neural Jacobian Fields", 2022). Ours has more input, and so less to learn. It gets
the corresponding point u of each vertex on the template, and has parameters for each vertex of the template, as a
neural texture has texels; among them is the displacement field of each unit. The same point moves by much the same
displacement in all people, and the gradient of the field on a triangle is the first estimate of the Jacobian;
DiffusionNet and the MLP learn what differs between people, between triangulations, and between units at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from painctl.rig.neural.controls import CONTROL_SETS
from painctl.rig.neural.diffusion_net import DiffusionNet
from painctl.rig.neural.head_tensors import HeadTensors

_OCTAVES = 4  # of the positional encoding, from 8 cm down by halves
_LONGEST = 0.8  # decimetres
_OUTPUT_SCALE = 0.05  # of the layers that correct the texels' fields, so that training begins from those
_POSITION_SCALE = 0.01  # decimetres, likewise for template positions
_MAX_OPENNESS = 0.6  # greatest openness of people in training, relative to the mean head

# The names that files have for attributes of `RigNetwork` and `Architecture`, where they differ.
_STORED = {
    "vertex_features": "marks",
    "template_features": "lore",
    "fields": "carried",
    "control_deviations": "alone",
    "from_trunk": "seen",
    "from_mixture": "asked",
    "mixture_deviation": "together",
}
_ATTRIBUTES = {stored: name for name, stored in _STORED.items()}


@dataclass(frozen=True)
class Architecture:
    """Sizes of the network."""

    texels: int  # vertices of the template
    channels: int = 64  # of DiffusionNet
    blocks: int = 2
    vertex_features: int = 16  # of DiffusionNet's output
    template_features: int = 16  # of a texel
    code: int = 12  # of the identity
    width: int = 128  # of the MLP on the triangles
    actions: str = "pain"  # a name in CONTROL_SETS

    def record(self) -> dict[str, Any]:
        """The architecture as files hold it."""
        return {_STORED.get(name, name): value for name, value in asdict(self).items()}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Architecture:
        """The inverse of `record`. Raises TypeError for an unknown or missing key."""
        return cls(**{_ATTRIBUTES.get(name, name): value for name, value in record.items()})


@dataclass(frozen=True, eq=False)
class EncodedHead:
    """A head of N vertices and M' moving triangles, ready for expressions."""

    fields: Tensor  # [N, fields, 3], the displacement by each field at full strength, decimetres
    control_deviations: Tensor  # [M', controls, 3, 3], of each control alone from its field's gradient, dd / du
    trunk_features: Tensor  # [M', H], for mixtures
    position_jacobians: Tensor  # [M', 3, 3], du / dx
    template_positions: Tensor  # [N, 3], u of the vertices
    faces: Tensor  # [M', 3]
    hats: Tensor  # [M', 3, 3]


class RigNetwork(nn.Module):
    """`encode` a head once, then call the network for any number of expressions."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.control_set = CONTROL_SETS[architecture.actions]
        controls, fields = len(self.control_set.controls), len(self.control_set.fields)
        channels, code, width = architecture.channels, architecture.code, architecture.width
        half = width // 2
        # the head
        self.encoder = DiffusionNet(9, channels, architecture.blocks)
        self.shift = nn.Linear(channels, 3)
        self.vertex_features = nn.Linear(channels, architecture.vertex_features)
        self.code = nn.Sequential(nn.Linear(channels, code), nn.Tanh())
        self.gain = nn.Linear(code, fields)
        self.by_openness = nn.Parameter(torch.zeros(fields, 3))
        # the texels
        self.fields = nn.Parameter(torch.zeros(architecture.texels, 3 * fields))
        self.template_features = nn.Parameter(torch.randn(architecture.texels, architecture.template_features))
        # the triangles
        inputs = 3 + 6 * _OCTAVES + architecture.vertex_features + architecture.template_features + 3 + code
        self.trunk = nn.Sequential(
            nn.Linear(inputs, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
        )
        self.control_deviations = nn.Linear(width, 9 * controls)
        self.from_trunk = nn.Linear(width, half)
        self.from_mixture = nn.Linear(controls, half)
        self.mixture_deviation = nn.Sequential(nn.SiLU(), nn.Linear(half, half), nn.SiLU(), nn.Linear(half, 9))
        for layer in (self.shift, self.gain, self.control_deviations, self.mixture_deviation[-1]):
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)

    def encode(self, head: HeadTensors) -> EncodedHead:
        """Compute everything that all expressions of a head share."""
        # at the vertices
        features = self.encoder(torch.cat([head.vertices, head.normals, head.template_positions], 1), head.modes)
        positions = head.template_positions + _POSITION_SCALE * self.shift(features)
        vertex_features = self.vertex_features(features)
        code = self.code((head.modes.mass / head.modes.mass.sum()) @ features)
        fields, template_features = (
            torch.einsum("nc,nci->ni", head.weights, table[head.corners])
            for table in (self.fields, self.template_features)
        )

        # lids that have farther to go move more
        openness = self.control_set.sides.to(code) @ head.openness.clamp(-_MAX_OPENNESS, _MAX_OPENNESS)
        powers = openness[:, None] ** torch.arange(1, 4, device=code.device)
        by_openness = (self.by_openness * powers).sum(1)
        fields = fields.unflatten(1, (-1, 3)) * (1 + by_openness + self.gain(code))[:, None]

        # on the triangles
        corners = positions[head.faces]
        middle = corners.mean(1)
        waves = 2 * torch.pi / _LONGEST * 2.0 ** torch.arange(_OCTAVES, device=middle.device)
        phases = (middle[:, :, None] * waves).flatten(1)
        interpolated = torch.cat([vertex_features, template_features], 1)[head.faces].mean(1)
        inputs = [middle, phases.sin(), phases.cos(), interpolated, head.face_normals, code.expand(len(middle), -1)]
        trunk = self.trunk(torch.cat(inputs, 1))
        deviations = _OUTPUT_SCALE * self.control_deviations(trunk).unflatten(1, (-1, 3, 3))
        jacobians = torch.einsum("fci,fcj->fij", corners, head.hats)
        return EncodedHead(fields, deviations, self.from_trunk(trunk), jacobians, positions, head.faces, head.hats)

    def forward(self, head: EncodedHead, activations: Tensor) -> Tensor:
        """Deviations D = J - I, [E, M', 3, 3], for activations [E, controls], 0 to 1 in the order of the control set.

        Homogeneous of degree one: D(s a) = s D(a) for s >= 0. Without activation there is exactly no deviation, and
        along any mixture of units each vertex moves on a straight line, in proportion to its amount.
        """
        amount = activations.norm(dim=1)
        mixture = activations / amount.clamp(min=1e-12)[:, None]
        displacements = self.control_set.combine(mixture, head.fields)
        by_fields = torch.einsum("efci,fcj->efij", displacements[:, head.faces], head.hats)
        single = torch.einsum("ek,fkij->efij", mixture, head.control_deviations)
        hidden = head.trunk_features + self.from_mixture(mixture)[:, None]
        mixed = self.mixture_deviation(hidden).unflatten(2, (3, 3))
        return amount[:, None, None, None] * (by_fields + (single + _OUTPUT_SCALE * mixed) @ head.position_jacobians)

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """The parameters under the names that files have for them."""
        return {_renamed(name, _STORED): value for name, value in super().state_dict(*args, **kwargs).items()}

    def load_state_dict(self, state_dict: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The inverse of `state_dict`."""
        attributes = {_renamed(name, _ATTRIBUTES): value for name, value in state_dict.items()}
        return super().load_state_dict(attributes, *args, **kwargs)


def _renamed(name: str, names: Mapping[str, str]) -> str:
    """The name of a parameter, `attribute` or `attribute.suffix`, with another attribute."""
    attribute, dot, suffix = name.partition(".")
    return names.get(attribute, attribute) + dot + suffix
