"""Single hairs drawn on the texture: lines a hair or two wide that follow the skin."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.appearance.texture_space import TextureSpace

_DENSEST = 2.4  # textures a metre at most: beyond that a line would leave its island at a seam
_SHIFT = 4  # binary digits of a texel


def strokes(
    canvas: TextureSpace, roots: np.ndarray, headings: np.ndarray, length: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Hairs as paths [N, P, 2] over texels (column, row) of the canvas.

    They start anywhere in the texels `roots` int [N], and go on along `headings` [P - 1, N, 3], unit vectors in space,
    for an equal share of their `length` [N] in metres each.
    """
    path = [np.stack(np.divmod(canvas.texels.covered[roots], canvas.size)[::-1], 1) + generator.random((len(roots), 2))]
    jacobian, part = canvas.texels_a_metre(roots), length / len(headings)
    for heading in headings:
        run = np.einsum("nij,nj->ni", jacobian, part[:, None] * heading)
        longest = part * _DENSEST * canvas.size
        run *= np.minimum(1, longest / np.maximum(np.linalg.norm(run, axis=1), 1e-9))[:, None]
        path.append(path[-1] + run)
    return np.stack(path, 1)


def drawn(canvas: TextureSpace, paths: np.ndarray, fine: int = 4096, thick: int = 0) -> np.ndarray:
    """Cover 0..1 [C] by hairs along paths [N, P, 2], one texel of a texture of `fine` wide, the first `thick` two."""
    cover = np.zeros((canvas.size, canvas.size), np.float32)
    if len(paths):
        scale = max(fine // canvas.size, 1)
        low = np.maximum(np.floor(paths.min((0, 1))).astype(int) - 1, 0)
        high = np.minimum(np.ceil(paths.max((0, 1))).astype(int) + 2, canvas.size)
        (left, top), (width, height) = low, high - low
        picture = np.zeros((scale * height, scale * width), np.uint8)
        lines = list(np.rint(((paths - low) * scale - 0.5) * 2**_SHIFT).astype(np.int32))
        cv2.polylines(picture, lines[:thick], False, 255, 2, cv2.LINE_AA, _SHIFT)
        cv2.polylines(picture, lines[thick:], False, 255, 1, cv2.LINE_AA, _SHIFT)
        small = cv2.resize(picture, (int(width), int(height)), interpolation=cv2.INTER_AREA)
        cover[top : high[1], left : high[0]] = small * np.float32(1 / 255)
    return canvas.texels.gather(cover)
