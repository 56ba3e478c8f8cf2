"""Heads to learn from and to be tested on: people of the open model on some triangulation, and the faces they pull."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from painctl.face.demographics import assign, load_demographics
from painctl.face.head import Head
from painctl.face.identity import draw_identity
from painctl.pain.action_units import HIGHEST
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.neural.diffusion_net import Modes
from painctl.rig.neural.network import UNIT
from painctl.rig.neural.operators import operators
from painctl.rig.neural.places import parts
from painctl.rig.neural.poisson import Poisson
from painctl.rig.neural.surface import Surface
from painctl.rig.neural.triangulations import Triangulation

STILL = 2e-5  # metres: what no unit moves farther does not move
_ASKED = 8  # people who are asked what moves


@dataclass(frozen=True, eq=False)
class Teacher:
    """What the open head knows of its N vertices, and how its people's faces move."""

    head: Head
    rig: BlendshapeRig
    parts: np.ndarray  # float64 [V, P]
    moves: np.ndarray  # bool [V], whether a unit moves the vertex

    @classmethod
    def of(cls, head: Head) -> Teacher:
        rig = BlendshapeRig(head.topology)
        units = np.concatenate([np.diag(HIGHEST), [HIGHEST]])
        moved = np.zeros(len(head.template), bool)
        for neutral in [head.template, *people(head, _ASKED, 0)]:
            faces = rig.deform(neutral, units, np.zeros(units.shape))
            moved |= (np.linalg.norm(faces - neutral, axis=2) > STILL).any(0)
        return cls(head, rig, parts(head.topology, head.template), moved)

    def displacements(self, neutral: np.ndarray, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """Of a neutral head [V, 3], what `units` int [E, 6] do to it: float64 [E, V, 3] metres."""
        return self.rig.deform(neutral, units, asymmetry).astype(np.float64) - neutral


def people(head: Head, count: int, seed: int) -> list[np.ndarray]:
    """The neutral heads, float32 [V, 3], of the people whom `sample-ids -n count --seed seed` draws."""
    groups = assign(load_demographics("balanced"), count, seed)
    return [head.neutral(draw_identity(head, seed, index, *group).coefficients) for index, group in enumerate(groups)]


def activations(units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
    """What the network is asked for, float32 [E, 12] in the order of `CONTROLS`: i / 5 (1 + a) left, (1 - a) right."""
    share = np.asarray(units) / np.array(HIGHEST)
    sides = np.stack([share * (1 + asymmetry), share * (1 - asymmetry)], 2)
    return sides.reshape(len(share), -1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Body:
    """A surface as tensors in the network's unit."""

    vertices: Tensor  # [N, 3] decimetres
    normals: Tensor  # [N, 3]
    faces: Tensor  # [M, 3]
    hats: Tensor  # [M, 3, 3]
    face_normals: Tensor  # [M, 3]
    areas: Tensor  # [M]
    modes: Modes

    @classmethod
    def of(cls, surface: Surface) -> Body:
        arrays = (surface.vertices, surface.vertex_normals, surface.faces, surface.hats, surface.normals, surface.areas)
        tensors = [torch.from_numpy(array) for array in arrays]
        tensors = [tensor.float() if tensor.is_floating_point() else tensor for tensor in tensors]
        return cls(*tensors, Modes.of(operators(surface)))

    def posed(self, turn: Tensor, scale: float, shift: Tensor) -> Body:
        """The body turned by `turn` [3, 3], made larger by `scale` and shifted by `shift` [3]."""
        modes = self.modes
        return Body(
            scale * self.vertices @ turn.T + shift,
            self.normals @ turn.T,
            self.faces,
            self.hats @ turn.T / scale,
            self.face_normals @ turn.T,
            scale**2 * self.areas,
            Modes(scale**2 * modes.mass, modes.values / scale**2, modes.modes / scale, modes.slopes / scale**2),
        )


class Specimen:
    """One person on one triangulation, with what the network is to read from them."""

    def __init__(self, teacher: Teacher, neutral: np.ndarray, triangulation: Triangulation) -> None:
        self.teacher, self.neutral, self._triangulation = teacher, neutral, triangulation
        self.surface = Surface.of(UNIT * triangulation(neutral.astype(np.float64)), triangulation.faces)
        self.body = Body.of(self.surface)
        self.place = self._tensor(UNIT * teacher.head.template)
        self.parts = self._tensor(teacher.parts)
        self.moves = (self._tensor(teacher.moves[:, None].astype(np.float64))[:, 0] > 0).float()

    def _tensor(self, field: np.ndarray) -> Tensor:
        return torch.from_numpy(self._own(field).astype(np.float32))

    def _own(self, field: np.ndarray) -> np.ndarray:
        """A field [V, C] of the open head on the vertices of this surface, [N, C]."""
        return self._triangulation(field)[self.surface.rows]

    @cached_property
    def poisson(self) -> Poisson:
        """The solve with all pinned that no unit moves."""
        return Poisson(self.surface, self.moves.numpy() == 0)

    def displacements(self, units: np.ndarray, asymmetry: np.ndarray) -> Tensor:
        """The true ones, [E, N, 3] in decimetres."""
        moved = self.teacher.displacements(self.neutral, units, asymmetry)
        return torch.stack([self._tensor(UNIT * each) for each in moved])
