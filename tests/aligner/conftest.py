"""Pictures with a dot at each landmark, whose places are known to a fraction of a pixel."""

import cv2
import numpy as np
import pytest

from painctl.aligner.framing import PLACES, STABLE, inverse, moved

SIDE = 160


class Dots:
    """N pictures of faces that are dots: each of its own place, size and tilt."""

    def __init__(self, count):
        rng = np.random.default_rng(3)
        self.points, places = [], rng.uniform([0.3, 0.45], [0.7, 0.85], (68, 2))
        places[list(STABLE)] = PLACES
        for _ in range(count):
            factor = rng.uniform(0.8, 1.1) / SIDE * np.exp(1j * rng.normal(0, 0.1))
            linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
            frame = np.c_[linear, [0.5, 0.6] - linear @ (SIDE * rng.uniform([0.45, 0.55], [0.55, 0.65]))]
            self.points.append(moved(inverse(frame), places))

    def __len__(self):
        return len(self.points)

    def picture(self, i):
        image = np.full((SIDE, SIDE, 3), 40, np.uint8)
        for k, (x, y) in enumerate(16 * (self.points[i] - 0.5)):
            cv2.circle(image, (round(x), round(y)), 24, (60 + 2 * k, 200, 255 - 2 * k), -1, cv2.LINE_AA, 4)
        return image

    def labels(self, i):
        return self.points[i].astype(np.float32), np.arange(68) % 3 > 0, 2.0 * i, -5.0


@pytest.fixture
def dots():
    return Dots
