"""Faces drawn with a few lines, whose brows, lids, nose and lip show their action units; and a tiny backbone."""

import cv2
import numpy as np
from transformers import DINOv3ViTConfig

from painctl.pain.action_units import pspi

SIZE = 48


def draw_face(person, units):
    """uint8 [SIZE, SIZE, 3]; a person is a seed."""
    rng = np.random.default_rng(person)
    skin, dark = rng.uniform(140, 220) * np.array([1, 0.8, 0.7]), rng.uniform(20, 60)
    image = np.full((240, 240, 3), rng.uniform(0, 255, 3)).astype(np.uint8)
    cv2.ellipse(image, (120, 120), (int(rng.uniform(80, 95)), 110), 0, 0, 360, skin.tolist(), -1)
    au4, au6, au7, au9, au10, au43 = units
    for side in (-1, 1):
        inner = (120 + side * 14, 80 + 5 * au4)
        cv2.line(image, inner, (120 + side * 58, 72 + au4), [dark] * 3, 9)
        opening = 0 if au43 else 14 - au6 - au7
        cv2.ellipse(image, (120 + side * 38, 103 - au6), (18, opening), 0, 0, 360, [245] * 3, -1)
        cv2.ellipse(image, (120 + side * 38, 103 - au6), (7, min(7, opening)), 0, 0, 360, [dark] * 3, -1)
        cv2.line(image, (120 + side * 12, 118), (120 + side * 6, 138), [dark] * 3, 1 + 2 * au9)
    cv2.ellipse(image, (120, 185), (34, 4 + 3 * au10), 0, 0, 360, [90, 20, 30], -1)
    return cv2.resize(image, (SIZE, SIZE), interpolation=cv2.INTER_AREA)


class DrawnFaces:
    """A PairSource of `faces` expressions per person; each person has four neutral faces of different brightness."""

    def __init__(self, people, faces):
        rng = np.random.default_rng([*people, faces])
        self.aus = rng.integers(0, [6, 6, 6, 6, 6, 2], (len(people) * faces, 6))
        self.aus[::faces] = 0
        self.pspi = pspi(self.aus)
        self.subject = np.repeat(people, faces)
        self.names = [f"{person}/{i}" for i, person in enumerate(self.subject.tolist())]
        self.groups = {"parity": np.array(["even", "odd"])[self.subject % 2]}

    def __len__(self):
        return len(self.aus)

    def picture(self, i, side=0):
        return draw_face(self.subject[i], self.aus[i].tolist())

    def neutrals(self, i):
        return [4 * int(self.subject[i]) + light for light in range(4)]

    def neutral(self, key, side=0):
        face = draw_face(key // 4, [0] * 6)
        return face - np.minimum(face, 8 * (key % 4)).astype(np.uint8)

    def landmarks(self, i):
        return None

    def neutral_landmarks(self, key):
        return None


def tiny_config(**changes):
    """The configuration of a tiny DINOv3 backbone, with `changes`."""
    small = {
        "image_size": SIZE,
        "patch_size": 16,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_register_tokens": 4,
        "initializer_range": 0.1,
        "pos_embed_rescale": None,
    }
    return DINOv3ViTConfig(**{**small, **changes})
