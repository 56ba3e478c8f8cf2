"""Pictures of people who are patterns of blobs, as a source of persons."""

import cv2
import numpy as np
import pytest

from painctl.aligner.framing import PLACES, STABLE

SIDE = 96


class Patterns:
    """`shots` pictures of each of K people, each a pattern of its own in another light."""

    def __init__(self, people, shots, seed=0):
        rng = np.random.default_rng(seed)
        patterns = [cv2.resize(rng.random((5, 5)), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for _ in range(people)]
        self.people = np.repeat(np.arange(people), shots)
        light = rng.uniform(120, 200, len(self.people))
        self.images = [np.uint8(light[i] * patterns[person].clip(0, 1)) for i, person in enumerate(self.people)]

    def __len__(self):
        return len(self.people)

    def picture(self, i):
        return np.repeat(self.images[i][..., None], 3, axis=2)

    def points(self, i):
        points = np.zeros((68, 2))
        points[list(STABLE)] = SIDE * PLACES
        return points


@pytest.fixture
def patterns():
    return Patterns
