"""A head that is ready to be deformed: any triangle mesh of a head, aligned, fitted to the template and encoded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from painctl.rig.neural.alignment import Alignment, align
from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import HeadTensors
from painctl.rig.neural.network import EncodedHead, RigNetwork
from painctl.rig.neural.poisson import Poisson, solve
from painctl.rig.neural.template import TemplateFit
from painctl.rig.neural.weights import Weights


@dataclass(frozen=True, eq=False)
class PreparedHead:
    """A neutral head of V vertices."""

    alignment: Alignment
    mesh: CleanMesh  # in the head's own frame
    fit: TemplateFit  # of the mesh in the training frame
    network: RigNetwork
    encoded: EncodedHead
    poisson: Poisson

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray, weights: Weights) -> PreparedHead:
        """Prepare a head: `vertices` [V, 3] in any pose and unit, `faces` [F, 3] of one orientation, either one.

        Raises ValueError for a mesh that is broken or not a head.
        """
        mesh = CleanMesh.of(vertices, faces).outward()
        alignment = align(mesh, weights.template.model)
        fit = TemplateFit.of(weights.template, mesh.moved(alignment.apply(mesh.vertices)))
        poisson = Poisson(fit.mesh, fit.pinned, fit.active)
        with torch.no_grad():
            encoded = weights.network.encode(HeadTensors.of(fit, weights.template))
        return cls(alignment, mesh, fit, weights.network, encoded, poisson)

    def displacements(self, activations: np.ndarray) -> np.ndarray:
        """Displacements float64 [E, V, 3], in the head's own frame and unit, for activations [E, controls]."""
        with torch.no_grad():
            deviations = self.network(self.encoded, torch.from_numpy(np.asarray(activations, np.float32)))
            displacements = solve(deviations.double(), self.poisson).numpy()
        owner = self.mesh.owner
        return self.alignment.restore(displacements)[:, owner] * (owner >= 0)[:, None]
