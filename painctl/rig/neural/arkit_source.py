"""The open head's 52 ARKit actions as the source rig; the pain units need only a dozen of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.face.head import Head
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.neural.activation import ARKIT
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.source_rig import EXPRESSIONS, SHAPES, STILL, SourceRig, build_template, shape_heads

_MOST = 6  # actions at once


@dataclass(frozen=True, eq=False)
class ArkitSourceRig(SourceRig):
    """Actions move all people alike, in proportion, and add up; eyeballs, tongue and teeth do not move."""

    actions: np.ndarray  # float64 [52, V, 3] metres, in the order of `ARKIT`

    @classmethod
    def of(cls, head: Head, seed: int, shapes: int = SHAPES) -> ArkitSourceRig:
        """The source rig with a template of the first `shapes` people of a seed."""
        heads = shape_heads(head, shapes, seed)
        names = head.topology.action_names
        actions = head.topology.actions[[names.index(name) for name in ARKIT]].astype(np.float64)
        skin, template = build_template(head.topology, heads, (np.linalg.norm(actions, axis=2) > STILL).any(0))
        actions[:, np.setdiff1d(np.arange(actions.shape[1]), skin)] = 0
        return cls(head, BlendshapeRig(head.topology), heads.mean(0), skin, template, seed, actions)

    def draw(self, generator: np.random.Generator, seed: int, example: int) -> tuple[np.ndarray, ...]:
        """Activations [E, 52] of actions that move the skin: half of the rows one alone, half two to six of them."""
        amounts = np.zeros((EXPRESSIONS, len(ARKIT)))
        moving = np.flatnonzero((np.linalg.norm(self.actions, axis=2) > STILL).any(1))
        for row in range(EXPRESSIONS):
            count = 1 if row < EXPRESSIONS // 2 else generator.integers(2, _MOST + 1)
            amounts[row, generator.choice(moving, count, replace=False)] = generator.uniform(0.2, 1, count)
        return (amounts,)

    def activations(self, *expressions: np.ndarray) -> np.ndarray:
        """Activations float32 [E, 52] of expressions as from `draw`."""
        return expressions[0].astype(np.float32)

    def displacements(self, neutral: np.ndarray, *expressions: np.ndarray) -> np.ndarray:
        """Displacements of any neutral head by activations [E, 52]: float64 [E, V, 3] metres."""
        return np.tensordot(expressions[0], self.actions, 1)

    def openness_coefficients(self, count: int) -> np.ndarray:
        """Zeros, float32 [52, 3]: actions do not depend on how far the eyes are open."""
        return np.zeros((len(ARKIT), 3), np.float32)

    def _fields(self, neutral: np.ndarray) -> np.ndarray:
        return UNIT * self.actions[:, self.skin].swapaxes(0, 1)
