"""What the network is held to, each as a share of what there is to learn: 1 is knowing nothing, 0 everything."""

from __future__ import annotations

import torch
from torch import Tensor

from painctl.rig.neural.head_tensors import HeadTensors

_PLACE = 0.03  # decimetres: an error of the place that counts like knowing nothing
_SHARP = 1e-6  # below it the length of an error is smooth


def length(vectors: Tensor, dims: int = 1) -> Tensor:
    """Euclidean length over the last `dims` dimensions, smooth at 0."""
    return (vectors.square().flatten(-dims).sum(-1) + _SHARP**2).sqrt()


def losses(
    place: Tensor, deviations: Tensor, moved: Tensor, right: Tensor, truth: Tensor, body: HeadTensors
) -> dict[str, Tensor]:
    """Of places, Jacobians, vertices and normals.

    `place` and `right`, what it should be, [N, 3]; `deviations` [E, M', 3, 3]; `moved` and `truth` [E, N, 3]
    displacements. Of a deviation only what it does to its triangle's plane counts.
    """
    wanted = torch.einsum("efci,fcj->efij", truth[:, body.faces], body.hats)
    flat = deviations - (deviations @ body.face_normals[:, :, None]) * body.face_normals[:, None, :]
    off = length(place - right)[body.faces].mean(1)
    mass = body.modes.mass
    before, after, then = (_normals(body, each) for each in (torch.zeros_like(truth[:1]), moved, truth))
    return {
        "place": (body.areas * off).sum() / body.areas.sum() / _PLACE,
        "jacobians": _share(length(flat - wanted, 2), length(wanted, 2), body.areas),
        "vertices": _share(length(moved - truth), length(truth), mass),
        "normals": _share(length(after - then), length(before - then), body.areas),
    }


def _share(error: Tensor, whole: Tensor, weight: Tensor) -> Tensor:
    """Errors [E, N] as a share of what there is, each expression by itself, in the mean."""
    return ((weight * error).sum(1) / (weight * whole).sum(1)).mean()


def _normals(body: HeadTensors, moved: Tensor) -> Tensor:
    """Unit normals [E, M', 3] of the triangles after displacements [E, N, 3]."""
    a, b, c = (body.vertices + moved)[:, body.faces].unbind(2)
    return torch.nn.functional.normalize(torch.linalg.cross(b - a, c - a), dim=-1, eps=1e-9)
