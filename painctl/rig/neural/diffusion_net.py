"""DiffusionNet: layers on a surface that do not depend on its triangulation.

Sharp et al., "DiffusionNet: Discretization Agnostic Learning on Surfaces", 2022.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from painctl.rig.neural.operators import Operators


@dataclass(frozen=True, eq=False)
class Modes:
    """`Operators` as tensors: mass [N], values [K], modes [N, K], slopes [2, N, K]."""

    mass: Tensor
    values: Tensor
    modes: Tensor
    slopes: Tensor

    @classmethod
    def of(cls, operators: Operators) -> Modes:
        """The tensors of a mesh's operators."""
        return cls(*(torch.from_numpy(getattr(operators, name)) for name in cls.__dataclass_fields__))

    def to(self, device: str) -> Modes:
        """A copy on a device."""
        return Modes(*(getattr(self, name).to(device) for name in self.__dataclass_fields__))


class Diffusion(nn.Module):
    """Heat diffusion, with a learned time per channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.log_times = nn.Parameter(torch.linspace(-7, 1, channels))  # of square decimetres

    def forward(self, values: Tensor, surface: Modes) -> tuple[Tensor, Tensor, Tensor]:
        """exp(-t M^-1 L) x = Phi exp(-t Lambda) Phi^T M x for x [N, C]: [N, C], and its slopes along both tangents."""
        spectrum = surface.modes.T @ (surface.mass[:, None] * values)
        spectrum = spectrum * torch.exp(-surface.values[:, None] * self.log_times.exp())
        return surface.modes @ spectrum, surface.slopes[0] @ spectrum, surface.slopes[1] @ spectrum


class Gradients(nn.Module):
    """Inner products of the gradients at a vertex, independent of the choice of tangents."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.real = nn.Linear(channels, channels, bias=False)
        self.imaginary = nn.Linear(channels, channels, bias=False)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """tanh Re(conj(z) * A z) with z = x + i y [N, C] and A a complex matrix: [N, C]."""
        turned_x = self.real(x) - self.imaginary(y)
        turned_y = self.real(y) + self.imaginary(x)
        return torch.tanh(x * turned_x + y * turned_y)


class Block(nn.Module):
    """x + MLP(x, diffused x, gradient features)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.diffusion, self.gradients = Diffusion(channels), Gradients(channels)
        self.mix = nn.Sequential(nn.Linear(3 * channels, channels), nn.SiLU(), nn.Linear(channels, channels))

    def forward(self, values: Tensor, surface: Modes) -> Tensor:
        diffused, x, y = self.diffusion(values, surface)
        return values + self.mix(torch.cat([values, diffused, self.gradients(x, y)], 1))


class DiffusionNet(nn.Module):
    """Output features [N, C] of the vertices of a surface from input features [N, I]."""

    def __init__(self, inputs: int, channels: int, blocks: int) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, channels)
        self.blocks = nn.ModuleList(Block(channels) for _ in range(blocks))
        self.norm = nn.LayerNorm(channels)

    def forward(self, values: Tensor, surface: Modes) -> Tensor:
        values = self.first(values)
        for block in self.blocks:
            values = block(values, surface)
        return self.norm(values)
