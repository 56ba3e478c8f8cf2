"""What the network is held to, each as a share of what there is to learn: 1 is knowing nothing, 0 everything."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from painctl.rig.neural.network import Reading
from painctl.rig.neural.specimens import Body, Specimen

_PLACE = 0.05  # decimetres: an error that counts like knowing nothing of a face
_SHARP = 1e-6  # below it the length of an error is smooth


def length(vectors: Tensor, dims: int = 1) -> Tensor:
    """Euclidean length over the last `dims` dimensions, smooth at 0."""
    return (vectors.square().flatten(-dims).sum(-1) + _SHARP**2).sqrt()


def reading_losses(reading: Reading, specimen: Specimen) -> dict[str, Tensor]:
    """Of the places, of their slopes, of the parts of the face and of what moves; what moves counts most."""
    body = specimen.body
    weight = body.modes.mass * (0.1 + specimen.moves)
    weight = weight / weight.sum()
    off = reading.place - specimen.place
    tilt = torch.einsum("fci,fcj->fij", off[body.faces], body.hats)
    share = body.areas * (0.1 + specimen.moves[body.faces].amax(1))
    parts = binary_cross_entropy_with_logits(reading.parts, specimen.parts, reduction="none").mean(1)
    moves = binary_cross_entropy_with_logits(reading.moves, specimen.moves, reduction="none")
    return {
        "place": (weight * length(off)).sum() / _PLACE,
        "slope": (share * length(tilt, 2)).sum() / share.sum(),
        "parts": (weight * parts).sum(),
        "moves": (moves * body.modes.mass).sum() / body.modes.mass.sum(),
    }


def face_losses(deviations: Tensor, moved: Tensor, truth: Tensor, body: Body) -> dict[str, Tensor]:
    """Of Jacobians, vertices and normals. `deviations` [E, M, 3, 3]; `moved` and `truth` [E, N, 3] displacements."""
    wanted = torch.einsum("efci,fcj->efij", truth[:, body.faces], body.hats)
    flat = deviations - deviations @ body.face_normals[:, :, None] * body.face_normals[:, None, :]
    mass = body.modes.mass
    before, after, right = (_normals(body, each) for each in (torch.zeros_like(truth[:1]), moved, truth))
    return {
        "jacobians": _share(length(flat - wanted, 2), length(wanted, 2), body.areas),
        "vertices": _share(length(moved - truth), length(truth), mass),
        "normals": _share(length(after - right), length(before - right), body.areas),
    }


def _share(error: Tensor, whole: Tensor, weight: Tensor) -> Tensor:
    """Errors [E, N] as a share of what there is, each expression by itself, in the mean."""
    return ((weight * error).sum(1) / (weight * whole).sum(1)).mean()


def _normals(body: Body, moved: Tensor) -> Tensor:
    """Unit normals [E, M, 3] of the triangles after displacements [E, N, 3]."""
    a, b, c = (body.vertices + moved)[:, body.faces].unbind(2)
    return torch.nn.functional.normalize(torch.linalg.cross(b - a, c - a), dim=-1, eps=1e-9)
