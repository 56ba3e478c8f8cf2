"""The rig that a network is trained to imitate: the open head with its blendshapes, and the template made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from painctl.face.demographics import assign, load_demographics
from painctl.face.head import Head
from painctl.face.identity import draw_identity
from painctl.pain.action_units import HIGHEST
from painctl.pain.sampling import draw_asymmetry, draw_expression
from painctl.records import Topology
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.lids import Eye
from painctl.rig.neural.activation import activations
from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.shape_model import ShapeModel
from painctl.rig.neural.template import Template

STILL = 2e-5  # metres: a vertex that no unit moves farther does not move
SHAPES, _MODES = 400, 128  # people in the shape model, and its modes
EXPRESSIONS = 6  # of each head in a training step
_MOVED_PEOPLE = 8  # people who determine which vertices move


@dataclass(frozen=True, eq=False)
class SourceRig:
    """The open head of V vertices, how the faces of its people move, and their template."""

    head: Head
    rig: BlendshapeRig
    mean: np.ndarray  # float64 [V, 3] metres
    skin: np.ndarray  # int64 [P], the head's vertices that are in the template
    template: Template
    seed: int  # of the people in the template

    @classmethod
    def of(cls, head: Head, seed: int, shapes: int = SHAPES) -> SourceRig:
        """The source rig with a template of the first `shapes` people of a seed."""
        rig, heads = BlendshapeRig(head.topology), shape_heads(head, shapes, seed)
        units = np.concatenate([np.diag(HIGHEST), [HIGHEST]])
        moves = np.zeros(len(head.template), bool)
        for neutral in heads[:_MOVED_PEOPLE]:
            displacements = rig.deform(neutral, units, np.zeros(units.shape)) - neutral
            moves |= (np.linalg.norm(displacements, axis=2) > STILL).any(0)
        return cls(head, rig, heads.mean(0), *build_template(head.topology, heads, moves), seed)

    def draw(self, generator: np.random.Generator, seed: int, example: int) -> tuple[np.ndarray, ...]:
        """Expressions for training: half of them one unit alone, half as the `rig` stage draws them at PSPI 1 to 16.

        Units int [E, 6] and asymmetry [E, 6], the arguments of `displacements` and `activations`.
        """
        units = np.zeros((EXPRESSIONS, 6), int)
        for row, unit in enumerate(generator.choice(6, EXPRESSIONS // 2, replace=False)):
            units[row, unit] = generator.integers(1, HIGHEST[unit] + 1)
        for row in range(EXPRESSIONS // 2, EXPRESSIONS):
            units[row] = draw_expression(seed, example, row, 1, np.full(16, 1 / 16))[0]
        return units, draw_asymmetry(seed, example, units)

    def activations(self, *expressions: np.ndarray) -> np.ndarray:
        """Activations float32 [E, controls] of expressions as from `draw`."""
        return activations(*expressions)

    def displacements(self, neutral: np.ndarray, *expressions: np.ndarray) -> np.ndarray:
        """Displacements of a neutral head [V, 3] by expressions as from `draw`: float64 [E, V, 3] metres."""
        start = neutral.astype(np.float64)
        return self.rig.deform(start, *expressions).astype(np.float64) - start.astype(np.float32)

    def mean_fields(self) -> np.ndarray:
        """The displacement fields of the network, `FIELDS`, on the mean head's skin: float32 [P, 22 * 3] decimetres."""
        return self._fields(self.mean).reshape(len(self.skin), -1).astype(np.float32)

    def openness_coefficients(self, count: int) -> np.ndarray:
        """How the strength of each field grows with the openness of the eye on its side: float32 [22, 3].

        Least squares over `count` people: relative strength against openness, its square and its cube.
        """
        mean, rows = self._fields(self.mean), []
        for neutral in people(self.head, count, self.seed):
            strength = (self._fields(neutral.astype(np.float64)) * mean).sum((0, 2)) / np.square(mean).sum((0, 2))
            rows.append((self.template.openness(UNIT * neutral[self.skin]), strength - 1))
        openness, stronger = (np.stack(column) for column in zip(*rows, strict=True))
        powers = openness[:, :, None] ** np.arange(1, 4)
        fits = [np.linalg.lstsq(powers[:, k % 2], stronger[:, k], rcond=None)[0] for k in range(mean.shape[1])]
        return np.stack(fits).astype(np.float32)

    def _fields(self, neutral: np.ndarray) -> np.ndarray:
        """The displacement fields `FIELDS` on the skin of a head [V, 3]: [P, 22, 3] decimetres."""
        left = neutral[self.skin, :1] > 0
        halves = [(_half(unit, closed), sign) for closed in (0, 1) for unit in range(5) for sign in (1, -1)]
        units, signs = (np.array(column) for column in zip(([0, 0, 0, 0, 0, 1], 0), *halves, strict=True))
        asymmetry = signs[:, None] * (np.arange(6) < 5)  # AU43 has none
        blink, *moved = UNIT * self.displacements(neutral, units, asymmetry)[:, self.skin]
        both_closed = [blink * left, blink * ~left]  # the eyes close together
        return np.stack([*moved[:10], *both_closed, *(field - blink for field in moved[10:])], 1)


def people(head: Head, count: int, seed: int) -> Iterator[np.ndarray]:
    """The neutral heads, float32 [V, 3] metres, of the people that `sample-ids -n count --seed seed` draws."""
    for index, group in enumerate(assign(load_demographics("balanced"), count, seed)):
        yield head.neutral(draw_identity(head, seed, index, *group).coefficients)


def shape_heads(head: Head, count: int, seed: int) -> np.ndarray:
    """The people in a shape model: float64 [count, V, 3] metres."""
    return np.stack(list(people(head, count, seed))).astype(np.float64)


def build_template(topology: Topology, heads: np.ndarray, moves: np.ndarray) -> tuple[np.ndarray, Template]:
    """The skin's vertices int [P], and the template of heads [H, V, 3] whose vertices `moves`, bool [V], move."""
    faces = topology.faces.astype(np.int64)
    skin = np.flatnonzero(CleanMesh.of(heads[0], faces).parts == 0)
    number = np.full(len(moves), -1)
    number[skin] = np.arange(len(skin))
    inside = (number[faces] >= 0).all(1)
    model = ShapeModel.from_heads(UNIT * heads[:, skin], number[faces[inside]], _MODES)
    return skin, Template(model, moves[skin], _apertures(topology, heads.mean(0))[:, skin])


def _half(unit: int, closed: int = 0) -> list[float]:
    """One unit at half its strength: with an asymmetry of 1 or -1, one side has full strength and the other none."""
    return [HIGHEST[k] / 2 if k == unit else 0.0 for k in range(5)] + [closed]


def _apertures(topology: Topology, mean: np.ndarray) -> np.ndarray:
    """`Template.apertures` for all vertices, [2, V]: mean height of the upper margin minus that of the lower."""
    apertures = np.zeros((2, len(mean)))
    for row, side in zip(apertures, ("left", "right"), strict=True):
        eye = Eye.find(topology, side, mean, np.zeros_like(mean))
        row[eye.upper], row[eye.lower] = 1 / len(eye.upper), -1 / len(eye.lower)
    return apertures
