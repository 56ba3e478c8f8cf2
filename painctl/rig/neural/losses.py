"""The training losses, relative to the size of the target: 0 for a perfect prediction, 1 for predicting no movement."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from painctl.rig.neural.head_tensors import HeadTensors

_POSITION_ERROR = 0.03  # decimetres: the error of a template position whose loss is 1
_SMOOTH = 1e-6  # below it the length of an error is smooth


@dataclass(frozen=True, eq=False)
class Expressions:
    """Predicted or true values for E expressions of a head of N vertices and M' moving triangles."""

    template_positions: Tensor  # [N, 3] decimetres
    displacements: Tensor  # [E, N, 3] decimetres


def length(vectors: Tensor, dims: int = 1) -> Tensor:
    """Euclidean length over the last `dims` dimensions, smooth at 0."""
    return (vectors.square().flatten(-dims).sum(-1) + _SMOOTH**2).sqrt()


def losses(predicted: Expressions, deviations: Tensor, true: Expressions, head: HeadTensors) -> dict[str, Tensor]:
    """Losses of template positions, Jacobians, vertices and normals.

    `deviations` [E, M', 3, 3] are the predicted ones; only their effect in the planes of their triangles counts.
    """
    target = torch.einsum("efci,fcj->efij", true.displacements[:, head.faces], head.hats)
    flat = deviations - (deviations @ head.face_normals[:, :, None]) * head.face_normals[:, None, :]
    off = length(predicted.template_positions - true.template_positions)[head.faces].mean(1)
    moved, truth = predicted.displacements, true.displacements
    neutral, actual, expected = (_normals(head, field) for field in (torch.zeros_like(truth[:1]), moved, truth))
    return {
        "place": (head.areas * off).sum() / head.areas.sum() / _POSITION_ERROR,
        "jacobians": _relative(length(flat - target, 2), length(target, 2), head.areas),
        "vertices": _relative(length(moved - truth), length(truth), head.modes.mass),
        "normals": _relative(length(actual - expected), length(neutral - expected), head.areas),
    }


def _relative(error: Tensor, size: Tensor, weight: Tensor) -> Tensor:
    """Errors [E, N] relative to sizes [E, N], weighted sums by expression, then the mean."""
    return ((weight * error).sum(1) / (weight * size).sum(1)).mean()


def _normals(head: HeadTensors, displacements: Tensor) -> Tensor:
    """Unit normals [E, M', 3] of the triangles after displacements [E, N, 3]."""
    a, b, c = (head.vertices + displacements)[:, head.faces].unbind(2)
    return torch.nn.functional.normalize(torch.linalg.cross(b - a, c - a), dim=-1, eps=1e-9)
