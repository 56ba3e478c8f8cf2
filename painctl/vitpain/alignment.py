"""Faces warped onto one shape, so that a network sees expressions and not who is seen from where.

As PwCT's published demo prepares them: the outline, brows, bridge of the nose and corners of eyes and mouth are moved
onto a mean face by an affine map a triangle, then grey levels are equalised in tiles (CLAHE 2.0, 8 x 8). The similarity
that comes first there is part of every affine map, and left out. The mean face is our own: the mean of the frontal
neutral landmarks of 100 people of the open head (balanced demographics, seed 11), made symmetric; a test draws them
again and compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from painctl.vitpain.data import PairSource

SIZE: Final = 160
_OUTLINE_BROWS_BRIDGE, _EYES, _MOUTH = range(31), (36, 39, 42, 45), (48, 51, 54, 57)
# of 68 landmarks, and of 66: those are the 68 without the inner corners of the mouth, 60 and 64
ANCHORS: Final = (*_OUTLINE_BROWS_BRIDGE, *_EYES, *_MOUTH)
# right half and midline of the mean face, in widths of its box from the middle; the left half mirrors the right
_RIGHT: Final = {
    **{0: (-0.489, -0.242), 1: (-0.482, -0.143), 2: (-0.461, -0.030), 3: (-0.429, 0.087), 4: (-0.380, 0.220)},
    **{5: (-0.305, 0.335), 6: (-0.216, 0.421), 7: (-0.116, 0.480), 8: (0.0, 0.494)},
    **{17: (-0.404, -0.449), 18: (-0.326, -0.494), 19: (-0.242, -0.488), 20: (-0.161, -0.469), 21: (-0.083, -0.455)},
    **{27: (0.0, -0.322), 28: (0.0, -0.219), 29: (0.0, -0.113), 30: (0.0, -0.026)},
    **{36: (-0.319, -0.339), 39: (-0.150, -0.328), 48: (-0.177, 0.173), 51: (0.0, 0.122), 57: (0.0, 0.267)},
}
_MIRROR: Final = {
    **{16 - i: i for i in range(8)},
    **{26 - i: 17 + i for i in range(5)},
    **{45: 36, 42: 39, 54: 48},
}


def mean_face() -> np.ndarray:
    """Where the anchors lie in an aligned picture, float32 [39, 2], pixels, whose centres are at half integers."""
    points = [_RIGHT[i] if i in _RIGHT else (-_RIGHT[_MIRROR[i]][0], _RIGHT[_MIRROR[i]][1]) for i in ANCHORS]
    return ((np.array(points) + 0.5) * (SIZE - 1) + 0.5).astype(np.float32)


def align(image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """A face [H, W, 3] with its landmarks [68 or 66, 2] on the mean face: grey uint8 [160, 160, 3], 0 beyond it."""
    grey = cv2.createCLAHE(2.0, (8, 8)).apply(cv2.cvtColor(warp(image, landmarks), cv2.COLOR_RGB2GRAY))
    return np.repeat(np.where(_triangles()[1].any(axis=2), grey, 0)[..., None], 3, axis=2).astype(np.uint8)


def warp(image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """A face [H, W, C] moved so that its anchors lie on the mean face, [160, 160, C]; 0 beyond face and picture.

    A face larger than that is scaled down first, over areas: the warp alone would step over pixels.
    """
    corners, shares = _triangles()
    points = np.asarray(landmarks, np.float32)[list(ANCHORS)]
    height, width = image.shape[:2]
    shrink = min(1.0, SIZE / max(1.0, float(np.ptp(points, axis=0).max())))
    if shrink < 1:
        size = max(1, round(width * shrink)), max(1, round(height * shrink))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        points = (points * np.array(size) / (width, height)).astype(np.float32)
    # remap counts from the middle of the first pixel, landmarks from its corner; beyond the face it looks outside
    where = np.einsum("hwk,hwkc->hwc", shares, points[corners]).astype(np.float32) - 0.5
    where[~shares.any(axis=2)] = -2
    return cv2.remap(image, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


@cache
def _triangles() -> tuple[np.ndarray, np.ndarray]:
    """For each aligned pixel its triangle's anchors, int [160, 160, 3], and barycentric shares, 0 beyond the face."""
    from scipy.spatial import Delaunay

    mesh = Delaunay(mean_face())
    y, x = np.mgrid[:SIZE, :SIZE]
    pixels = np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5
    found = mesh.find_simplex(pixels)
    maps = mesh.transform[found]  # the affine map of a triangle, and its third corner
    first = np.einsum("nij,nj->ni", maps[:, :2], pixels - maps[:, 2])
    shares = np.c_[first, 1 - first.sum(axis=1)] * (found >= 0)[:, None]
    shape = (SIZE, SIZE, 3)
    return mesh.simplices[found].reshape(shape), shares.reshape(shape).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Aligned:
    """A source with landmarks, its pictures aligned; itself a source."""

    source: PairSource

    def __post_init__(self) -> None:
        if len(self.source) and self.source.landmarks(0) is None:
            raise ValueError("pwct aligns faces by their landmarks, and this dataset has none; train another --model")

    @property
    def names(self) -> Sequence[str]:
        return self.source.names

    @property
    def aus(self) -> np.ndarray:
        return self.source.aus

    @property
    def pspi(self) -> np.ndarray:
        return self.source.pspi

    @property
    def subject(self) -> np.ndarray:
        return self.source.subject

    @property
    def groups(self) -> Mapping[str, np.ndarray]:
        return self.source.groups

    def __len__(self) -> int:
        return len(self.source)

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        return align(self.source.picture(i), self._known(self.source.landmarks(i), self.names[i]))

    def neutrals(self, i: int) -> Sequence[int]:
        return self.source.neutrals(i)

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        return align(self.source.neutral(key), self._known(self.source.neutral_landmarks(key), f"neutral {key}"))

    def landmarks(self, i: int) -> None:
        """Of an aligned picture nobody asks for any."""

    def neutral_landmarks(self, key: int) -> None:
        """As `landmarks`."""

    @staticmethod
    def _known(landmarks: np.ndarray | None, name: str) -> np.ndarray:
        if landmarks is None:
            raise ValueError(f"{name}: no landmarks to align it by")
        return landmarks
