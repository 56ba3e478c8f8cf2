"""A head as tensors, in the network's unit and the training frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor

from painctl.rig.neural.diffusion_net import Modes
from painctl.rig.neural.operators import operators
from painctl.rig.neural.template import Template, TemplateFit

UNIT: Final = 10.0  # the network's unit is a decimetre: a head is about 1 across


@dataclass(frozen=True, eq=False)
class HeadTensors:
    """N vertices, M' triangles that may move."""

    vertices: Tensor  # [N, 3] decimetres
    normals: Tensor  # [N, 3]
    place: Tensor  # [N, 3] decimetres, on the mean head
    corners: Tensor  # [N, 3] vertices of the template about that place
    weights: Tensor  # [N, 3] barycentric of them, all 0 for a vertex that does not move
    modes: Modes
    faces: Tensor  # [M', 3]
    hats: Tensor  # [M', 3, 3]
    face_normals: Tensor  # [M', 3]
    areas: Tensor  # [M']
    openness: Tensor  # [2], of the left and the right eye, a share beyond the mean head's

    @classmethod
    def of(cls, sitting: TemplateFit, template: Template) -> HeadTensors:
        """A head that was found on the template."""
        surface, active, found = sitting.surface, sitting.active, sitting.registered
        arrays = {
            "vertices": surface.vertices,
            "normals": surface.vertex_normals,
            "place": found.of(template.model.mean),
            "weights": found.weights * ~sitting.pinned[:, None],
            "hats": surface.hats[active],
            "face_normals": surface.normals[active],
            "areas": surface.areas[active],
            "openness": template.openness(found.fitted),
        }
        tensors = {name: torch.from_numpy(array).float() for name, array in arrays.items()}
        faces, corners = torch.from_numpy(surface.faces[active]), torch.from_numpy(found.corners)
        return cls(**tensors, corners=corners, modes=Modes.of(operators(surface)), faces=faces)

    def to(self, device: str) -> HeadTensors:
        """The same on another device."""
        moved = {name: getattr(self, name).to(device) for name in self.__dataclass_fields__ if name != "modes"}
        return HeadTensors(**moved, modes=self.modes.to(device))

    def posed(self, turn: Tensor, scale: float, shift: Tensor) -> HeadTensors:
        """The body turned by `turn` [3, 3], made larger by `scale` and shifted by `shift` [3]; its place stays."""
        modes = self.modes
        return replace(
            self,
            vertices=scale * self.vertices @ turn.T + shift,
            normals=self.normals @ turn.T,
            modes=Modes(scale**2 * modes.mass, modes.values / scale**2, modes.modes / scale, modes.slopes / scale**2),
            hats=self.hats @ turn.T / scale,
            face_normals=self.face_normals @ turn.T,
            areas=scale**2 * self.areas,
        )
