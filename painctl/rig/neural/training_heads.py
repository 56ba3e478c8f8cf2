"""Heads to learn from and to be tested on: people of the open model on some triangulation, and the faces they pull."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from painctl.face.demographics import assign, load_demographics
from painctl.face.head import Head
from painctl.face.identity import draw_identity
from painctl.pain.action_units import HIGHEST
from painctl.pain.sampling import draw_asymmetry, draw_one
from painctl.records import Topology
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.lids import Eye
from painctl.rig.neural.activation import activations
from painctl.rig.neural.head_tensors import UNIT, HeadTensors
from painctl.rig.neural.poisson import Poisson
from painctl.rig.neural.shape_model import ShapeModel
from painctl.rig.neural.surface import Surface
from painctl.rig.neural.template import Template, TemplateFit
from painctl.rig.neural.triangulations import Triangulation
from painctl.runs.draws import draws

STILL = 2e-5  # metres: what no unit moves farther does not move
SHAPES, _MODES = 400, 128  # people whose heads the shape model is made of, and its modes
FACES = 6  # of each head in a step of training
_ASKED = 8  # of them are asked what moves
_BUMPS, _BROAD = 30, 0.035  # of a warp: how many, and their radius in metres


@dataclass(frozen=True, eq=False)
class Teacher:
    """The open head of V vertices, how its people's faces move, and the template that they make."""

    head: Head
    rig: BlendshapeRig
    mean: np.ndarray  # float64 [V, 3] metres
    skin: np.ndarray  # int64 [P], the vertices that the template's are
    template: Template
    seed: int  # of the people whom the template is made of

    @classmethod
    def of(cls, head: Head, seed: int, shapes: int = SHAPES) -> Teacher:
        """With the template of the `shapes` people whom this seed draws."""
        rig, heads = BlendshapeRig(head.topology), shape_heads(head, shapes, seed)
        units = np.concatenate([np.diag(HIGHEST), [HIGHEST]])
        moves = np.zeros(len(head.template), bool)
        for neutral in heads[:_ASKED]:
            moves |= (np.linalg.norm(rig.deform(neutral, units, np.zeros(units.shape)) - neutral, axis=2) > STILL).any(
                0
            )
        return cls(head, rig, heads.mean(0), *template_of(head.topology, heads, moves), seed)

    def draw(self, generator: np.random.Generator, seed: int, lesson: int) -> tuple[np.ndarray, ...]:
        """Faces to teach: half of them one unit alone, half as `rig` draws them at PSPI 1 to 16.

        Units int [E, 6] and asymmetry [E, 6], which is what `displacements` and `asked` take.
        """
        units = np.zeros((FACES, 6), int)
        for row, unit in enumerate(generator.choice(6, FACES // 2, replace=False)):
            units[row, unit] = generator.integers(1, HIGHEST[unit] + 1)
        for row in range(FACES // 2, FACES):
            units[row] = draw_one(seed, lesson, row, 1, np.full(16, 1 / 16))[0]
        return units, draw_asymmetry(seed, lesson, units)

    def asked(self, *face: np.ndarray) -> np.ndarray:
        """Activations float32 [E, controls] of such faces."""
        return activations(*face)

    def displacements(self, neutral: np.ndarray, *face: np.ndarray) -> np.ndarray:
        """Of a neutral head [V, 3], what units [E, 6] with asymmetry [E, 6] do to it: float64 [E, V, 3] metres."""
        start = neutral.astype(np.float64)
        return self.rig.deform(start, *face).astype(np.float64) - start.astype(np.float32)

    def carried(self) -> np.ndarray:
        """How far each of the network's `FIELDS` carries the mean head's skin: float32 [P, 22 * 3] decimetres."""
        return self._fields(self.mean).reshape(len(self.skin), -1).astype(np.float32)

    def gains(self, count: int) -> np.ndarray:
        """How much more each field carries where the eye on its side is more open: float32 [22, 3].

        Least squares over `count` people, of the field's strength in terms of openness, its square and its cube.
        """
        known, rows = self._fields(self.mean), []
        for neutral in people(self.head, count, self.seed):
            strength = (self._fields(neutral.astype(np.float64)) * known).sum((0, 2)) / np.square(known).sum((0, 2))
            rows.append((self.template.openness(UNIT * neutral[self.skin]), strength - 1))
        opened, stronger = (np.stack(each) for each in zip(*rows, strict=True))
        powers = opened[:, :, None] ** np.arange(1, 4)
        fits = [np.linalg.lstsq(powers[:, k % 2], stronger[:, k], rcond=None)[0] for k in range(known.shape[1])]
        return np.stack(fits).astype(np.float32)

    def _fields(self, neutral: np.ndarray) -> np.ndarray:
        """What each of `FIELDS` does to the skin of a head [V, 3]: [P, 22, 3] decimetres."""
        left = neutral[self.skin, :1] > 0
        blink = self._skin_moves(neutral, [0, 0, 0, 0, 0, 1], 0)
        fields = [self._skin_moves(neutral, _half(unit), sign) for unit in range(5) for sign in (1, -1)]
        fields += [blink * left, blink * ~left]  # both eyes close together
        fields += [self._skin_moves(neutral, _half(unit, 1), sign) - blink for unit in range(5) for sign in (1, -1)]
        return np.stack(fields, 1)

    def _skin_moves(self, neutral: np.ndarray, units: list[float], lopsided: float) -> np.ndarray:
        """What units [6] with one asymmetry do to the skin: [P, 3] decimetres."""
        asymmetry = np.full((1, 6), lopsided) * (np.arange(6) < 5)
        return UNIT * self.displacements(neutral, np.array([units]), asymmetry)[0, self.skin]


def shape_heads(head: Head, count: int, seed: int) -> np.ndarray:
    """The people whom a shape model is made of: float64 [count, V, 3] metres."""
    return np.stack(list(people(head, count, seed))).astype(np.float64)


def template_of(topology: Topology, heads: np.ndarray, moves: np.ndarray) -> tuple[np.ndarray, Template]:
    """Of heads [H, V, 3] and what is moved on them, bool [V]: the skin's vertices [P], and the template they make."""
    faces = topology.faces.astype(np.int64)
    skin = np.flatnonzero(Surface.of(heads[0], faces).parts == 0)
    number = np.full(len(moves), -1)
    number[skin] = np.arange(len(skin))
    inside = (number[faces] >= 0).all(1)
    model = ShapeModel.learn(UNIT * heads[:, skin], number[faces[inside]], _MODES)
    return skin, Template(model, moves[skin], _apertures(topology, heads.mean(0))[:, skin])


def _half(unit: int, closed: int = 0) -> list[float]:
    """One unit at half of its strength: with an asymmetry of 1 or -1 one side has all of it, the other nothing."""
    return [HIGHEST[k] / 2 if k == unit else 0.0 for k in range(5)] + [closed]


def _apertures(topology: Topology, mean: np.ndarray) -> np.ndarray:
    """See `Template.apertures`: the mean height of the upper margin less that of the lower, for all vertices [2, V]."""
    found = np.zeros((2, len(mean)))
    for row, side in zip(found, ("left", "right"), strict=True):
        eye = Eye.find(topology, side, mean, np.zeros_like(mean))
        row[eye.upper], row[eye.lower] = 1 / len(eye.upper), -1 / len(eye.lower)
    return found


def people(head: Head, count: int, seed: int) -> Iterator[np.ndarray]:
    """The neutral heads, float32 [V, 3], of the people whom `sample-ids -n count --seed seed` draws."""
    for index, group in enumerate(assign(load_demographics("balanced"), count, seed)):
        yield head.neutral(draw_identity(head, seed, index, *group).coefficients)


def warped(neutral: np.ndarray, amount: float, seed: int, identity: int) -> np.ndarray:
    """A head [V, 3] that the open model does not have: moved smoothly by `amount` metres, root mean square."""
    generator = draws(seed, identity, "warp")
    middles = neutral[generator.integers(len(neutral), size=_BUMPS)]
    away = np.square(neutral[:, None] - middles).sum(2)
    field = np.exp(-away / (2 * _BROAD**2)) @ generator.normal(size=(_BUMPS, 3))
    return neutral + amount * field / np.sqrt(np.square(field).sum(1).mean())


class TrainingHead:
    """One person on one triangulation."""

    def __init__(self, teacher: Teacher, neutral: np.ndarray, triangulation: Triangulation) -> None:
        self.teacher, self.neutral, self._triangulation = teacher, neutral, triangulation
        surface = Surface.of(UNIT * triangulation(neutral.astype(np.float64)), triangulation.faces)
        sitting = TemplateFit.find(teacher.template, surface)
        self.rows = surface.rows
        self.body = HeadTensors.of(sitting, teacher.template)
        self.poisson = Poisson(surface, sitting.pinned, sitting.active)
        self.place = self._own(UNIT * teacher.mean)

    def _own(self, field: np.ndarray) -> Tensor:
        """A field [V, C] of the open head on the vertices of this surface, [N, C]."""
        return torch.from_numpy(self._triangulation(field)[self.rows].astype(np.float32))

    def displacements(self, *face: np.ndarray) -> Tensor:
        """The true ones of faces as the teacher draws them, [E, N, 3] in decimetres."""
        moved = self.teacher.displacements(self.neutral, *face)
        return torch.stack([self._own(UNIT * each) for each in moved])
