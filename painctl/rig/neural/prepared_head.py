"""One head on its strings: any triangle mesh of a head, ready to be pulled by action units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from painctl.rig.neural.alignment import Alignment, align
from painctl.rig.neural.head_tensors import HeadTensors
from painctl.rig.neural.network import Prepared, RigNetwork
from painctl.rig.neural.poisson import Poisson, solve
from painctl.rig.neural.surface import Surface
from painctl.rig.neural.template import TemplateFit
from painctl.rig.neural.weights import Weights


@dataclass(frozen=True, eq=False)
class PreparedHead:
    """A neutral head of V vertices."""

    alignment: Alignment
    surface: Surface  # in the mesh's own frame
    sitting: TemplateFit  # the same in the training frame, on the template
    network: RigNetwork
    prepared: Prepared
    poisson: Poisson

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray, weights: Weights) -> PreparedHead:
        """A head, `vertices` [V, 3] in any pose and unit, `faces` [F, 3] all clockwise or all counter-clockwise.

        Raises ValueError where the mesh is broken or no head.
        """
        surface = Surface.of(vertices, faces).outward()
        alignment = align(surface, weights.template.model)
        sitting = TemplateFit.find(weights.template, surface.moved(alignment.to(surface.vertices)))
        poisson = Poisson(sitting.surface, sitting.pinned, sitting.active)
        with torch.no_grad():
            prepared = weights.network.prepare(HeadTensors.of(sitting, weights.template))
        return cls(alignment, surface, sitting, weights.network, prepared, poisson)

    def pull(self, activations: np.ndarray) -> np.ndarray:
        """Displacements float64 [E, V, 3] in the mesh's frame and unit, of activations [E, controls]."""
        with torch.no_grad():
            deviations = self.network(self.prepared, torch.from_numpy(np.asarray(activations, np.float32)))
            moved = solve(deviations.double(), self.poisson).numpy()
        owner = self.surface.owner
        return self.alignment.back(moved)[:, owner] * (owner >= 0)[:, None]
