"""Single hairs drawn on the texture: lines one or two hairs wide that follow the skin."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.appearance.texture_space import TextureSpace

_DENSEST = 2.4  # texture widths per metre, at most: longer lines would leave their island at a seam
_SHIFT = 4  # fractional bits of cv2.polylines


def stroke_paths(
    space: TextureSpace, roots: np.ndarray, headings: np.ndarray, length: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Hairs as paths [N, P, 2] over the texture, (column, row) in texels.

    A hair starts at a random point of its texel in `roots` int [N] and follows its `headings` [P - 1, N, 3], unit
    vectors in space, each for an equal share of its `length` [N] in metres.
    """
    path = [np.stack(np.divmod(space.texels.covered[roots], space.size)[::-1], 1) + generator.random((len(roots), 2))]
    jacobian, leg = space.texels_per_metre(roots), length / len(headings)
    for heading in headings:
        run = np.einsum("nij,nj->ni", jacobian, leg[:, None] * heading)
        longest = leg * _DENSEST * space.size
        run *= np.minimum(1, longest / np.maximum(np.linalg.norm(run, axis=1), 1e-9))[:, None]
        path.append(path[-1] + run)
    return np.stack(path, 1)


def draw_strokes(space: TextureSpace, paths: np.ndarray, fine: int = 4096, thick: int = 0) -> np.ndarray:
    """Coverage 0..1 [C] by hairs along paths [N, P, 2].

    A hair is as wide as a texel of a texture of `fine` x `fine`, each of the first `thick` hairs twice as wide.
    """
    cover = np.zeros((space.size, space.size), np.float32)
    if len(paths):
        scale = max(fine // space.size, 1)
        low = np.maximum(np.floor(paths.min((0, 1))).astype(int) - 1, 0)
        high = np.minimum(np.ceil(paths.max((0, 1))).astype(int) + 2, space.size)
        (left, top), (width, height) = low, high - low
        picture = np.zeros((scale * height, scale * width), np.uint8)
        lines = list(np.rint(((paths - low) * scale - 0.5) * 2**_SHIFT).astype(np.int32))
        cv2.polylines(picture, lines[:thick], False, 255, 2, cv2.LINE_AA, _SHIFT)
        cv2.polylines(picture, lines[thick:], False, 255, 1, cv2.LINE_AA, _SHIFT)
        small = cv2.resize(picture, (int(width), int(height)), interpolation=cv2.INTER_AREA)
        cover[top : high[1], left : high[0]] = small * np.float32(1 / 255)
    return space.texels.gather(cover)
