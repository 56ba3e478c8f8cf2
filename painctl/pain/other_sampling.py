"""Random facial actions beside the six of pain, given those six.

`natural`: mouth, brows with upper lids, and gaze act independently of each other, each with a probability of its own.
How often, and which action, is a choice guided by what is reported. UNBC-McMaster, 48,398 frames of people with
shoulder pain, has AU12 in 6,887, AU25 in 2,407, AU26 in 2,093 and AU20 in 706 of them (Lucey et al., "Painful data",
2011): smiles first, then open mouths. Opening of the mouth is one of the four groups that accompany pain most
consistently (Kunz, Meixner and Lautenbacher, Pain 160, 2019). We know of nothing comparable for the other actions;
their shares are small and even. They act in more faces than in those recordings, so that a model learns from them
that they are not pain; for the same reason a face with none of the six units never rests the mouth.

`uniform`: one action in each face, all equally likely.

Actions that contradict a unit are left out: raised brows where AU4 or AU9 is strong, wide eyes where lids are tightened
or shut, lips that are pressed, puckered or blown up where AU10 lifts them, a gaze behind closed lids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.other_actions import HIGHEST, activations, joined, parse_faces
from painctl.pain.vocabulary import OTHER_ACTIONS
from painctl.runs.draws import draws

# For each part of the face, how often it acts, and the shares of its actions.
NATURAL: Final[tuple[tuple[float, dict[str, float]], ...]] = (
    (
        0.45,
        {
            **{"smile": 0.24, "laugh": 0.10, "lips-part": 0.09, "jaw-drop": 0.09, "yawn": 0.03},
            **{"speech-ah": 0.07, "speech-ee": 0.07, "speech-oo": 0.07, "stretch": 0.03, "press": 0.05},
            **{"pucker": 0.04, "corners-down": 0.05, "chin-up": 0.03, "puff": 0.02, "jaw-left": 0.01},
            "jaw-right": 0.01,
        },
    ),
    (0.20, {"brows-up": 0.4, "worried": 0.35, "wide": 0.25}),
    (0.20, {"look-left": 0.3, "look-right": 0.3, "look-up": 0.15, "look-down": 0.25}),
)
# The lowest intensities of units that an action contradicts.
CONTRADICTIONS: Final[dict[str, dict[str, int]]] = {
    "brows-up": {"AU4": 3, "AU9": 3},
    "worried": {"AU4": 4, "AU9": 4},
    "wide": {"AU6": 3, "AU7": 1, "AU43": 1},
    **{name: {"AU9": 3, "AU10": 2} for name in ("press", "pucker", "puff")},
    **{name: {"AU43": 1} for name in ("look-left", "look-right", "look-up", "look-down")},
}
_WEAKEST: Final = 0.3  # strength of a drawn action, uniform from there to 1
_SPREAD, _SIDES, _MOST = 0.12, 0.08, 0.25  # deviations of an activation and of left from right, as shares; their limit


@dataclass(frozen=True)
class OtherActions:
    """Which other actions a person's faces get: none, drawn ones, or those of `faces` in turn."""

    mode: str  # none, natural, uniform or listed
    faces: tuple[Mapping[str, float], ...] = ()

    @classmethod
    def parse(cls, text: str) -> OtherActions:
        """Parse the text of --other. Raises ValueError that quotes the invalid part."""
        if text in ("none", "natural", "uniform"):
            return cls(text)
        return cls("listed", tuple(parse_faces(text)))

    @property
    def record(self) -> str | list[dict[str, float]]:
        """As recorded in the history of a shard."""
        return [dict(face) for face in self.faces] or self.mode

    def require(self, names: Sequence[str]) -> None:
        """Raises ValueError that names the first action which a head with the actions `names` [A] cannot show."""
        listed = {name: 1.0 for face in self.faces for name in face}
        drawn = {} if self.mode == "none" else dict.fromkeys(OTHER_ACTIONS, 1.0)
        activations(listed or drawn, names)

    def draw(self, seed: int, identity: int, units: np.ndarray, names: Sequence[str]) -> tuple[list[str], np.ndarray]:
        """The joined names and the activations float32 [N, A] of the other actions on faces with `units` int [N, 6].

        `names` [A] are the head's actions. Face k does not depend on N. Raises as `require`.
        """
        labels, rows = [], np.zeros((len(units), len(names)), np.float32)
        if self.mode == "none":
            return [""] * len(units), rows
        for k, face in enumerate(units):
            if self.mode == "listed":
                strengths = self.faces[k % len(self.faces)]
                rows[k] = activations(strengths, names)
            else:
                generator = draws(seed, identity, f"expression/{k + 1}/other")
                strengths = draw_strengths(generator, face, self.mode)
                rows[k] = _varied(generator, activations(strengths, names), names)
            labels.append(joined(strengths))
        return labels, rows


NO_OTHERS: Final = OtherActions("none")


def draw_strengths(generator: np.random.Generator, units: np.ndarray, mode: str) -> dict[str, float]:
    """The strengths of drawn actions by name, on a face of action units [6]; `mode` is natural or uniform."""
    uniform = dict.fromkeys(OTHER_ACTIONS, 1 / len(OTHER_ACTIONS))
    strengths = {}
    for part, (share, shares) in enumerate(NATURAL if mode == "natural" else ((1.0, uniform),)):
        acts = generator.random() < share or (part == 0 and not units.any())
        possible = {name: weight for name, weight in shares.items() if is_compatible(name, units)}
        if acts and possible:
            odds = np.array(list(possible.values()))
            name = list(possible)[generator.choice(len(odds), p=odds / odds.sum())]
            strengths[name] = float(generator.uniform(_WEAKEST, 1))
    return strengths


def is_compatible(action: str, units: np.ndarray) -> bool:
    """Whether an action goes together with action units [6]."""
    limits = CONTRADICTIONS.get(action, {})
    return all(units[ACTION_UNITS.index(unit)] < lowest for unit, lowest in limits.items())


def _varied(generator: np.random.Generator, amounts: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Activations [A] as a person would show them: never twice the same mixture, nor quite symmetric.

    Both eyes look the same way, so gaze is not varied.
    """
    spread = np.clip(generator.normal(1, _SPREAD, len(names)), 1 - _MOST, 1 + _MOST)
    lopsided = float(np.clip(generator.normal(0, _SIDES), -_MOST, _MOST))
    factors = []
    for name, factor in zip(names, spread.tolist(), strict=True):
        left = name.endswith("Left")
        shared = spread[names.index(name.removesuffix("Right") + "Left")] if name.endswith("Right") else factor
        side = lopsided if left else -lopsided if name.endswith("Right") else 0.0
        factors.append(1.0 if name.startswith("eyeLook") else float(shared) * (1 + side))
    return np.clip(amounts * factors, 0, HIGHEST)
