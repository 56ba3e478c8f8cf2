"""From action units to the activations of a network's controls."""

from __future__ import annotations

import numpy as np

from painctl.pain.action_units import HIGHEST
from painctl.rig.blendshapes import MIXES

# ARKit's blend shape locations
ARKIT = (
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight"),
    *("eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight"),
    *("eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight"),
    *("jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight"),
    *("mouthFrownLeft", "mouthFrownRight", "mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight"),
    *("mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper"),
    *("mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft"),
    *("mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight", "tongueOut"),
)


def activations(units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
    """Activations float32 [E, 12], in the order of `controls.UNITS`, of units [E, 6] with asymmetry [E, 6].

    A unit of intensity i acts with i / 5 (1 + a) on the left and i / 5 (1 - a) on the right; AU43 with 0 or 1.
    """
    share = np.asarray(units) / np.array(HIGHEST)
    sides = np.stack([share * (1 + asymmetry), share * (1 - asymmetry)], 2)
    return sides.reshape(len(share), -1).astype(np.float32)


def arkit_activations(units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
    """Activations of ARKit's actions, float32 [E, 52] in the order of `ARKIT`, mixed as in the open rig."""
    sides = activations(units, asymmetry).reshape(len(units), -1, 2)
    mixes = [*MIXES.values(), {"eyeBlink": 1.0}]
    actions = np.zeros((len(units), len(ARKIT)), np.float32)
    for unit, mix in enumerate(mixes):
        for action, strength in mix.items():
            for side, name in enumerate(("Left", "Right")):
                actions[:, ARKIT.index(action + name)] += strength * sides[:, unit, side]
    return actions
