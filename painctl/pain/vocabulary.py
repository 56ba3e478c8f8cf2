"""Facial actions beside the six of pain: what each is made of, in ARKit's blend shapes.

None of them uses a blend shape of the six units (brows down, cheek and eye squint, nose sneer, upper lip up, blink), so
none can change what a label says. Where an action shares skin with a unit, the unit is the label's: a smile with
raised cheeks (Duchenne) is `smile` on a face whose label has AU6, sadness is `worried` on one with AU4 (AU1 + 4), fear
`brows-up` and `wide` on one with AU4 (AU1 + 2 + 4 + 5).

The action units are those of Ekman, Friesen and Hager, "Facial Action Coding System" (2002); the activations are chosen
by eye on the open head, so that strength 1 is about intensity D.
"""

from __future__ import annotations

from typing import Final

# A blend shape without Left or Right stands for both sides; left and right are the subject's.
OTHER_ACTIONS: Final[dict[str, dict[str, float]]] = {
    "smile": {"mouthSmile": 0.9},  # AU12
    "laugh": {"mouthSmile": 0.9, "jawOpen": 0.3, "mouthLowerDown": 0.3},  # AU12 + 25 + 26
    "lips-part": {"jawOpen": 0.1, "mouthLowerDown": 0.4},  # AU25
    "jaw-drop": {"jawOpen": 0.45},  # AU26
    "yawn": {"jawOpen": 1.1, "mouthStretch": 0.2, "mouthFunnel": 0.15},  # AU27
    "speech-ah": {"jawOpen": 0.35, "mouthLowerDown": 0.4},  # AU16 + 25 + 26
    "speech-ee": {"jawOpen": 0.12, "mouthStretch": 0.5, "mouthSmile": 0.15, "mouthLowerDown": 0.6},  # AU16 + 20 + 25
    "speech-oo": {"jawOpen": 0.18, "mouthPucker": 0.5, "mouthFunnel": 0.7},  # AU18 + 22 + 25
    "press": {"mouthPress": 0.3, "mouthRollLower": 0.6, "mouthRollUpper": 0.5, "mouthFrown": 0.35},  # AU24
    "pucker": {"mouthPucker": 1.3},  # AU18
    "stretch": {"mouthStretch": 1.4, "mouthLowerDown": 0.4},  # AU20
    "corners-down": {"mouthFrown": 1.6},  # AU15
    "chin-up": {"mouthShrugLower": 1.1, "mouthShrugUpper": 0.3, "mouthFrown": 0.2},  # AU17
    "puff": {"cheekPuff": 1.2, "mouthPress": 0.2},  # AU34
    "jaw-left": {"jawLeft": 1.2},  # AU30
    "jaw-right": {"jawRight": 1.2},
    "brows-up": {"browInnerUp": 1.4, "browOuterUp": 1.2},  # AU1 + 2
    "worried": {"browInnerUp": 1.9},  # AU1
    "wide": {"eyeWide": 0.7},  # AU5
    "look-left": {"eyeLookOutLeft": 0.9, "eyeLookInRight": 0.9},  # AU61
    "look-right": {"eyeLookInLeft": 0.9, "eyeLookOutRight": 0.9},  # AU62
    "look-up": {"eyeLookUp": 1.0, "eyeWide": 0.3},  # AU63
    "look-down": {"eyeLookDown": 0.9},  # AU64
}
