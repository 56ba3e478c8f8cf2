"""Warps faces onto a mean face, which removes identity and pose and leaves the expression.

As in PwCT's published demo: the outline, brows, bridge of the nose and corners of eyes and mouth are mapped onto a mean
face by one affine map per triangle, then grey levels are equalised in tiles (CLAHE 2.0, 8 x 8). The demo's initial
similarity transform is omitted, because the affine maps include it. The mean face is our own: the mean of the frontal
neutral landmarks of 100 people of the open head (balanced demographics, seed 11), made symmetric; a test recomputes it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np

from painctl.aligner.shipped import shipped_aligner
from painctl.vitpain.sources import Kind, PreparedSource

SIZE: Final = 160
_LONGEST: Final = 32_766  # pixels of a side that cv2.remap takes
_OUTLINE_BROWS_BRIDGE, _EYES, _MOUTH = range(31), (36, 39, 42, 45), (48, 51, 54, 57)
# indices into 68 landmarks, and into 66, which lack the inner corners of the mouth, 60 and 64
ANCHORS: Final = (*_OUTLINE_BROWS_BRIDGE, *_EYES, *_MOUTH)
# right half and midline of the mean face, from its centre, in widths of its bounding box; the left half is mirrored
_RIGHT: Final = {
    **{0: (-0.490, -0.233), 1: (-0.483, -0.132), 2: (-0.462, -0.014), 3: (-0.427, 0.104), 4: (-0.375, 0.232)},
    **{5: (-0.303, 0.342), 6: (-0.217, 0.423), 7: (-0.116, 0.474), 8: (0.0, 0.487)},
    **{17: (-0.405, -0.428), 18: (-0.327, -0.487), 19: (-0.244, -0.483), 20: (-0.162, -0.464), 21: (-0.083, -0.452)},
    **{27: (0.0, -0.320), 28: (0.0, -0.221), 29: (0.0, -0.121), 30: (0.0, -0.041)},
    **{36: (-0.320, -0.323), 39: (-0.152, -0.314), 48: (-0.180, 0.148), 51: (0.0, 0.102), 57: (0.0, 0.238)},
}
_MIRROR: Final = {
    **{16 - i: i for i in range(8)},
    **{26 - i: 17 + i for i in range(5)},
    **{45: 36, 42: 39, 54: 48},
}


def mean_face() -> np.ndarray:
    """The anchors in an aligned picture, float32 [39, 2], pixels with centres at half integers."""
    points = [_RIGHT[i] if i in _RIGHT else (-_RIGHT[_MIRROR[i]][0], _RIGHT[_MIRROR[i]][1]) for i in ANCHORS]
    return ((np.array(points) + 0.5) * (SIZE - 1) + 0.5).astype(np.float32)


def align(image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """A face uint8 [H, W, 3] with landmarks [68 or 66, 2], on the mean face: grey uint8 [160, 160, 3], 0 outside it."""
    grey = cv2.createCLAHE(2.0, (8, 8)).apply(cv2.cvtColor(warp(image, landmarks), cv2.COLOR_RGB2GRAY))
    return np.repeat(np.where(_triangles()[1].any(axis=2), grey, 0)[..., None], 3, axis=2).astype(np.uint8)


def warp(image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """A face [H, W, C] warped so its anchors fall on the mean face's, [160, 160, C]; 0 outside the face or picture.

    A larger face is first scaled down by area averaging, because the warp alone would skip pixels. Raises ValueError
    for a picture with a side that OpenCV cannot address.
    """
    corners, barycentric = _triangles()
    points = np.asarray(landmarks, np.float32)[list(ANCHORS)]
    height, width = image.shape[:2]
    shrink = min(1.0, SIZE / max(1.0, float(np.ptp(points, axis=0).max())))
    if shrink < 1:
        size = max(1, round(width * shrink)), max(1, round(height * shrink))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        points = (points * np.array(size) / (width, height)).astype(np.float32)
    if max(image.shape[:2]) > _LONGEST:
        raise ValueError(f"a side of {max(image.shape[:2])} pixels; crop the face first")
    # remap has pixel centres at integers; pixels outside the face sample outside the picture
    position = np.einsum("hwk,hwkc->hwc", barycentric, points[corners]).astype(np.float32) - 0.5
    position[~barycentric.any(axis=2)] = -2
    return cv2.remap(image, position[..., 0], position[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


@cache
def _triangles() -> tuple[np.ndarray, np.ndarray]:
    """For each aligned pixel its triangle, int [160, 160, 3] into `ANCHORS`, and barycentric coordinates, 0 outside."""
    from scipy.spatial import Delaunay

    mesh = Delaunay(mean_face())
    y, x = np.mgrid[:SIZE, :SIZE]
    pixels = np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5
    triangle = mesh.find_simplex(pixels)  # -1 outside
    maps = mesh.transform[triangle]  # a triangle's affine map, and its third corner
    first_two = np.einsum("nij,nj->ni", maps[:, :2], pixels - maps[:, 2])
    barycentric = np.c_[first_two, 1 - first_two.sum(axis=1)] * (triangle >= 0)[:, None]
    shape = (SIZE, SIZE, 3)
    return mesh.simplices[triangle].reshape(shape), barycentric.reshape(shape).astype(np.float32)


class AlignedSource(PreparedSource):
    """A source with its faces aligned by its landmarks; where it has none, by those that painctl's aligner locates."""

    def prepared(self, kind: Kind, key: int, side: int) -> np.ndarray:
        image = getattr(self.source, kind)(key)
        landmarks = (self.source.landmarks if kind == "picture" else self.source.neutral_landmarks)(key)
        return align(image, shipped_aligner().locate_in_frame(image).points if landmarks is None else landmarks)
