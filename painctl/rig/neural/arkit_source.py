"""The open head as a teacher of ARKit's 52 actions, of which the pain units need a dozen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.face.head import Head, load_actions
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.neural.activation import ARKIT
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.training_heads import FACES, SHAPES, STILL, Teacher, shape_heads, template_of

_MOST = 6  # actions at once


@dataclass(frozen=True, eq=False)
class ActionTeacher(Teacher):
    """Each action moves everybody alike, in proportion, and adds to the others; eyeballs, tongue and teeth stay."""

    actions: np.ndarray  # float64 [52, V, 3] metres, in the order of `ARKIT`

    @classmethod
    def of(cls, head: Head, seed: int, shapes: int = SHAPES) -> ActionTeacher:
        known, heads = load_actions(), shape_heads(head, shapes, seed)
        actions = np.stack([known[name] for name in ARKIT]).astype(np.float64)
        skin, template = template_of(head.topology, heads, (np.linalg.norm(actions, axis=2) > STILL).any(0))
        actions[:, np.setdiff1d(np.arange(actions.shape[1]), skin)] = 0
        return cls(head, BlendshapeRig(head.topology), heads.mean(0), skin, template, seed, actions)

    def draw(self, generator: np.random.Generator, seed: int, lesson: int) -> tuple[np.ndarray, ...]:
        """Half of the faces one action alone that moves the skin, half two to six of any: activations [E, 52]."""
        asked = np.zeros((FACES, len(ARKIT)))
        moving = np.flatnonzero((np.linalg.norm(self.actions, axis=2) > STILL).any(1))
        for row in range(FACES):
            count = 1 if row < FACES // 2 else generator.integers(2, _MOST + 1)
            asked[row, generator.choice(moving, count, replace=False)] = generator.uniform(0.2, 1, count)
        return (asked,)

    def asked(self, *face: np.ndarray) -> np.ndarray:
        return face[0].astype(np.float32)

    def displacements(self, neutral: np.ndarray, *face: np.ndarray) -> np.ndarray:
        """Of any head, what activations [E, 52] do to it: float64 [E, V, 3] metres."""
        return np.tensordot(face[0], self.actions, 1)

    def gains(self, count: int) -> np.ndarray:
        """Eyes that are more open close no farther: zeros, float32 [52, 3]."""
        return np.zeros((len(ARKIT), 3), np.float32)

    def _fields(self, neutral: np.ndarray) -> np.ndarray:
        return UNIT * self.actions[:, self.skin].swapaxes(0, 1)
