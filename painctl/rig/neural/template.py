"""The head that the rig was trained on, and the fit of another head to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.shape_model import Correspondence, ShapeModel, correspondence

_SKIN_DISTANCE = 0.03  # decimetres from the fitted model within which a vertex counts as skin
_SKIN_SHARE = 0.8  # of the moving skin must be in the largest part; eyeballs and teeth that come near are the rest


@dataclass(frozen=True, eq=False)
class Template:
    """The training frame: decimetres, x to the subject's left, y up, z out of the face, origin between the eyes."""

    model: ShapeModel
    moves: np.ndarray  # bool [P], whether any action unit moves the vertex
    apertures: np.ndarray  # float64 [2, P], weights of the vertices' heights that give the opening of either eye

    def openness(self, fitted: np.ndarray) -> np.ndarray:
        """How much wider each eye of the fitted model [P, 3] is open than the mean head's: [2], as a share."""
        return self.apertures @ fitted[:, 1] / (self.apertures @ self.model.mean[:, 1]) - 1


@dataclass(frozen=True, eq=False)
class TemplateFit:
    """A mesh of N vertices on the template; M' of its triangles may move."""

    mesh: CleanMesh
    correspondence: Correspondence
    pinned: np.ndarray  # bool [N], no unit moves the vertex
    active: np.ndarray  # int64 [M'], rows of the mesh's triangles

    @classmethod
    def of(cls, template: Template, mesh: CleanMesh) -> TemplateFit:
        """Fit a mesh in the training frame to the template.

        Only its largest part moves: eyeballs, tongue and teeth are separate parts and do not. Raises ValueError if
        nothing would move, or if too much of the moving skin is in other parts.
        """
        match = correspondence(template.model, mesh)
        moves = template.moves[match.corners].any(1)
        near = np.linalg.norm(match.interpolate(match.fitted) - mesh.vertices, axis=1) < _SKIN_DISTANCE
        skin = mesh.areas * (moves & near)[mesh.faces].all(1)
        largest = skin[mesh.parts[mesh.faces[:, 0]] == 0].sum()
        if not skin.any():
            raise ValueError("no part of the mesh is where a face would move; is it a head?")
        if largest < _SKIN_SHARE * skin.sum():
            raise ValueError(
                f"only {largest / skin.sum():.0%} of the face's skin is in the mesh's largest part; join its parts"
            )
        pinned = ~moves | (mesh.parts > 0)
        active = np.flatnonzero(~pinned[mesh.faces].all(1))
        return cls(mesh, match, pinned, active)
