"""From Jacobians to vertices: the displacement whose gradient is closest to the ones asked for.

min over d of  sum_f A_f |grad d_f - D_f|^2 + sum_v w_v |d_v|^2, which is (G^T A G + W) d = G^T A D (Aigerman et al.,
"Neural Jacobian Fields", 2022, with the displacement in the place of the map, D = J - I). Gradients leave the
translation of each connected part open; the pins W hold it: they are on vertices that do not move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.sparse import diags
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree
from torch import Tensor

from painctl.rig.neural.surface import Surface

_FIRM = 10.0  # a pin's weight, in units of the Laplacian's mean diagonal


class Poisson:
    """A factored solve for one surface: as many displacements as wanted, in double precision."""

    def __init__(self, surface: Surface, pinned: np.ndarray) -> None:
        """`pinned` is bool [N], the vertices that stay where they are.

        A part without any moves as its nearest vertex of a pinned part does; if none is pinned at all, the mean
        displacement of the largest part is 0.
        """
        areas = np.repeat(surface.areas, 3)
        self._divergence = (surface.gradient.T @ diags(areas)).tocsr()
        laplacian = self._divergence @ surface.gradient
        scale = laplacian.diagonal().mean()
        self._pinned, self._part = pinned, surface.parts
        self._loose = self._followers(surface)
        fixed = pinned.copy()
        fixed[[own for _, own, _ in self._loose]] = True  # one vertex of a part, to be shifted with it afterwards
        fixed[0 if not pinned.any() else []] = True
        matrix = laplacian + diags(scale * _FIRM * fixed)
        options = {"SymmetricMode": True}
        self._factors = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)

    def _followers(self, surface: Surface) -> list[tuple[np.ndarray, int, int]]:
        """Parts that nothing holds, as (vertices, the one nearest to a part that is held, the one nearest to that)."""
        held = np.unique(self._part[self._pinned]) if self._pinned.any() else np.array([0])
        anchors = np.flatnonzero(np.isin(self._part, held))
        tree, loose = cKDTree(surface.vertices[anchors]), []
        for part in np.setdiff1d(np.unique(self._part), held):
            members = np.flatnonzero(self._part == part)
            away, nearest = tree.query(surface.vertices[members])
            closest = np.argmin(away)
            loose.append((members, int(members[closest]), int(anchors[nearest[closest]])))
        return loose

    def solve(self, deviation: np.ndarray) -> np.ndarray:
        """Displacements float64 [N, 3] of deviations D = J - I, [M, 3, 3] (D_ij = d d_i / d x_j)."""
        rows = np.swapaxes(deviation, 1, 2).reshape(-1, 3).astype(np.float64)
        return self._hold(self._factors.solve(self._divergence @ rows))

    def _hold(self, moved: np.ndarray) -> np.ndarray:
        """Translations that the gradients leave open, closed."""
        if not self._pinned.any():
            largest = self._part == 0
            moved = moved - largest[:, None] * moved[largest].mean(0)
        for members, own, other in self._loose:
            moved[members] += moved[other] - moved[own]
        return moved

    def pull(self, gradient: np.ndarray) -> np.ndarray:
        """Of a scalar's gradient by the displacements [N, 3], that by the deviations [M, 3, 3].

        For surfaces of which every part is pinned: there the solve is d = K^-1 G^T A D and its transpose A G K^-1.
        """
        rows = self._divergence.T @ self._factors.solve(np.asarray(gradient, np.float64))
        return np.swapaxes(rows.reshape(-1, 3, 3), 1, 2)


class _Solve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, deviations: Tensor, poisson: Poisson) -> Tensor:
        ctx.poisson = poisson
        moved = [poisson.solve(each) for each in deviations.detach().double().numpy()]
        return torch.from_numpy(np.stack(moved)).to(deviations.dtype)

    @staticmethod
    def backward(ctx: Any, gradients: Tensor) -> tuple[Tensor, None]:
        pulled = [ctx.poisson.pull(each) for each in gradients.double().numpy()]
        return torch.from_numpy(np.stack(pulled)).to(gradients.dtype), None


def solve(deviations: Tensor, poisson: Poisson) -> Tensor:
    """Displacements [E, N, 3] of deviations [E, M, 3, 3], on the CPU, differentiable by the deviations."""
    return _Solve.apply(deviations, poisson)
