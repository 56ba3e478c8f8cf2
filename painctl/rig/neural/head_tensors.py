"""A head as tensors, in the network's unit and the training frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor

from painctl.rig.neural.diffusion_net import Modes
from painctl.rig.neural.operators import operators
from painctl.rig.neural.template import Template, TemplateFit

UNIT: Final = 10.0  # decimetres in a metre: the network's unit is a decimetre, so that a head is about 1 across


@dataclass(frozen=True, eq=False)
class HeadTensors:
    """N vertices, M' triangles that may move."""

    vertices: Tensor  # [N, 3] decimetres
    normals: Tensor  # [N, 3]
    template_positions: Tensor  # [N, 3] decimetres, the corresponding points of the mean head
    corners: Tensor  # [N, 3] vertices of the template around those points
    weights: Tensor  # [N, 3] their barycentric weights, all 0 for a vertex that does not move
    modes: Modes
    faces: Tensor  # [M', 3]
    hats: Tensor  # [M', 3, 3]
    face_normals: Tensor  # [M', 3]
    areas: Tensor  # [M']
    openness: Tensor  # [2], of the left and the right eye, relative to the mean head: 0.1 is 10 % wider

    @classmethod
    def of(cls, fit: TemplateFit, template: Template) -> HeadTensors:
        """The tensors of a head that was fitted to the template."""
        mesh, active, match = fit.mesh, fit.active, fit.correspondence
        arrays = {
            "vertices": mesh.vertices,
            "normals": mesh.vertex_normals,
            "template_positions": match.interpolate(template.model.mean),
            "weights": match.weights * ~fit.pinned[:, None],
            "hats": mesh.hats[active],
            "face_normals": mesh.normals[active],
            "areas": mesh.areas[active],
            "openness": template.openness(match.fitted),
        }
        tensors = {name: torch.from_numpy(array).float() for name, array in arrays.items()}
        faces, corners = torch.from_numpy(mesh.faces[active]), torch.from_numpy(match.corners)
        return cls(**tensors, corners=corners, modes=Modes.of(operators(mesh)), faces=faces)

    def to(self, device: str) -> HeadTensors:
        """A copy on a device."""
        moved = {name: getattr(self, name).to(device) for name in self.__dataclass_fields__ if name != "modes"}
        return HeadTensors(**moved, modes=self.modes.to(device))

    def posed(self, rotation: Tensor, scale: float, translation: Tensor) -> HeadTensors:
        """The head scaled, rotated by [3, 3] and translated by [3]; its template positions stay."""
        modes = self.modes
        return replace(
            self,
            vertices=scale * self.vertices @ rotation.T + translation,
            normals=self.normals @ rotation.T,
            modes=Modes(scale**2 * modes.mass, modes.values / scale**2, modes.modes / scale, modes.slopes / scale**2),
            hats=self.hats @ rotation.T / scale,
            face_normals=self.face_normals @ rotation.T,
            areas=scale**2 * self.areas,
        )
