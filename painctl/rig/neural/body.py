"""A head as tensors, in the network's unit and the training frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from painctl.rig.neural.diffusion_net import Modes
from painctl.rig.neural.operators import operators
from painctl.rig.neural.template import Sitting

UNIT: Final = 10.0  # the network's unit is a decimetre: a head is about 1 across


@dataclass(frozen=True, eq=False)
class Body:
    """N vertices, M' triangles that may move."""

    vertices: Tensor  # [N, 3] decimetres
    normals: Tensor  # [N, 3]
    place: Tensor  # [N, 3] decimetres, on the mean head
    modes: Modes
    faces: Tensor  # [M', 3]
    hats: Tensor  # [M', 3, 3]
    face_normals: Tensor  # [M', 3]
    areas: Tensor  # [M']
    anchors: Tensor  # [M', 3] sites of the template
    weights: Tensor  # [M', 3]

    @classmethod
    def of(cls, sitting: Sitting) -> Body:
        surface, active = sitting.surface, sitting.active
        arrays = {
            "vertices": surface.vertices,
            "normals": surface.vertex_normals,
            "place": sitting.registered.place,
            "hats": surface.hats[active],
            "face_normals": surface.normals[active],
            "areas": surface.areas[active],
            "weights": sitting.weights,
        }
        tensors = {name: torch.from_numpy(array).float() for name, array in arrays.items()}
        faces, anchors = torch.from_numpy(surface.faces[active]), torch.from_numpy(sitting.anchors)
        return cls(**tensors, modes=Modes.of(operators(surface)), faces=faces, anchors=anchors)

    def posed(self, turn: Tensor, scale: float, shift: Tensor) -> Body:
        """The body turned by `turn` [3, 3], made larger by `scale` and shifted by `shift` [3]; its place stays."""
        modes = self.modes
        return Body(
            scale * self.vertices @ turn.T + shift,
            self.normals @ turn.T,
            self.place,
            Modes(scale**2 * modes.mass, modes.values / scale**2, modes.modes / scale, modes.slopes / scale**2),
            self.faces,
            self.hats @ turn.T / scale,
            self.face_normals @ turn.T,
            scale**2 * self.areas,
            self.anchors,
            self.weights,
        )
