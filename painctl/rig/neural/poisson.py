"""From Jacobians to vertices: the displacement whose gradient is closest to the given one.

min over d of  sum_f A_f |grad d_f - D_f|^2 + sum_v w_v |d_v|^2, which is (G^T A G + W) d = G^T A D (Aigerman et al.,
"Neural Jacobian Fields", 2022, for the displacement instead of the map, D = J - I). Gradients do not determine the
translation of a connected part; the pins W, on vertices that do not move, do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.sparse import diags
from scipy.sparse.linalg import splu
from torch import Tensor

from painctl.rig.neural.clean_mesh import CleanMesh

_PIN_WEIGHT = 100.0  # in units of the Laplacian's mean diagonal


class Poisson:
    """A factorized solver for one mesh, for any number of displacements, in double precision."""

    def __init__(self, mesh: CleanMesh, pinned: np.ndarray, active: np.ndarray | None = None) -> None:
        """`pinned` bool [N]: the vertices that do not move. A part without any has mean displacement 0.

        `active` int [M']: the triangles whose deviations are given, by default all; those of the others are 0.
        """
        self._divergence = (mesh.gradient.T @ diags(np.repeat(mesh.areas, 3))).tocsr()
        laplacian = self._divergence @ mesh.gradient
        self._loose = [
            members for part in range(mesh.parts.max() + 1) if not pinned[members := mesh.parts == part].any()
        ]
        fixed = pinned.copy()
        fixed[[np.argmax(members) for members in self._loose]] = True  # any vertex: the part is centred afterwards
        matrix = laplacian + diags(_PIN_WEIGHT * laplacian.diagonal().mean() * fixed)
        options = {"SymmetricMode": True}
        if active is not None:
            self._divergence = self._divergence[:, (3 * active[:, None] + np.arange(3)).ravel()]
        self._factors = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)

    def solve(self, deviation: np.ndarray) -> np.ndarray:
        """Displacements float64 [N, 3] for deviations D = J - I, [M', 3, 3] (D_ij = d d_i / d x_j)."""
        rows = np.swapaxes(deviation, 1, 2).reshape(-1, 3).astype(np.float64)
        return self._centred(self._factors.solve(self._divergence @ rows))

    def transposed(self, gradient: np.ndarray) -> np.ndarray:
        """The transpose of `solve`: from a gradient by displacements [N, 3] to that by deviations [M', 3, 3]."""
        rows = self._divergence.T @ self._factors.solve(self._centred(gradient.astype(np.float64)))
        return np.swapaxes(rows.reshape(-1, 3, 3), 1, 2)

    def _centred(self, field: np.ndarray) -> np.ndarray:
        for members in self._loose:
            field[members] -= field[members].mean(0)
        return field


class _Solve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, deviations: Tensor, poisson: Poisson) -> Tensor:
        ctx.poisson = poisson
        displacements = [poisson.solve(deviation) for deviation in deviations.detach().cpu().numpy()]
        return torch.from_numpy(np.stack(displacements)).to(deviations)

    @staticmethod
    def backward(ctx: Any, gradients: Tensor) -> tuple[Tensor, None]:
        transposed = [ctx.poisson.transposed(gradient) for gradient in gradients.cpu().numpy()]
        return torch.from_numpy(np.stack(transposed)).to(gradients), None


def solve(deviations: Tensor, poisson: Poisson) -> Tensor:
    """Displacements [E, N, 3] for deviations [E, M', 3, 3], differentiable by the deviations; computed on the CPU."""
    return _Solve.apply(deviations, poisson)
