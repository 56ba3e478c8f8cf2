"""Facial actions beside the six of pain, as typed on the command line and as activations of a head's blend shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from painctl.pain.vocabulary import OTHER_ACTIONS

HIGHEST: Final = 2.0  # activation, at which shapes that the open head has weak are as strong as faces move
LONGEST: Final = 64  # bytes of the names on one face, joined by +: the width of expressions/other


def activations(strengths: Mapping[str, float], names: Sequence[str]) -> np.ndarray:
    """Activations float64 [A] of a head's facial actions `names` [A] for actions with strengths 0..1, which add up.

    Raises ValueError if the head lacks one of them.
    """
    result = np.zeros(len(names))
    for action, strength in strengths.items():
        for shape, amount in OTHER_ACTIONS[action].items():
            sides = [shape] if shape in names else [f"{shape}Left", f"{shape}Right"]
            for side in sides:
                if side not in names:
                    raise ValueError(
                        f"topology/action_names has no {shape}, which the action {action} needs; make the heads again "
                        "with this version of sample-ids, or use --other none"
                    )
                result[names.index(side)] += strength * amount
    return result


def joined(strengths: Mapping[str, float]) -> str:
    """The names of the actions on one face joined by +, such as `speech-ah+worried`; empty without any."""
    return "+".join(strengths)


def parts(names: str) -> list[str]:
    """The actions of which `joined` made `names`."""
    return names.split("+") if names else []


def parse_faces(text: str) -> list[dict[str, float]]:
    """Parse `smile,speech-ah=0.5+worried` to the strengths of the actions on each face.

    Raises ValueError that quotes the invalid part.
    """
    return [_parse_face(part) for part in text.split(",")]


def _parse_face(text: str) -> dict[str, float]:
    face: dict[str, float] = {}
    for part in text.split("+"):
        name, equals, value = part.strip().partition("=")
        if name not in OTHER_ACTIONS:
            raise ValueError(
                f"--other {part}: unknown action; expected none, natural, uniform, or some of "
                f"{', '.join(OTHER_ACTIONS)}"
            )
        if equals and not (re.fullmatch(r"\d*\.?\d+", value) and 0 < float(value) <= 1):
            raise ValueError(f"--other {part}: the strength of {name} must be above 0 and at most 1")
        if name in face:
            raise ValueError(f"--other {text}: {name} is given twice")
        face[name] = float(value) if equals else 1.0
    if len(joined(face).encode()) > LONGEST:
        raise ValueError(f"--other {text}: too many actions on one face; their names take more than {LONGEST} letters")
    return face
