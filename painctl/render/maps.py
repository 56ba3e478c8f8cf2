"""A person's textures, mip-mapped for sampling: linear albedo, normal and roughness."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.images.sampling import samples
from painctl.images.srgb import LINEAR, to_linear, to_srgb
from painctl.records import Textures

_COARSEST = 64  # texels


class Maps:
    """Mip-mapped textures (Williams, Pyramidal parametrics, 1983), with albedo averaged in linear light."""

    def __init__(self, textures: Textures) -> None:
        levels = [(textures.albedo, textures.normal, textures.roughness)]
        while len(levels[-1][0]) >= 2 * _COARSEST:
            albedo, normal, roughness = levels[-1]
            levels.append((to_srgb(_halve(to_linear(albedo))), _halve(normal), _halve(roughness)))
        # of each level the albedo with the roughness as its fourth channel, and the normal
        self._levels = [(np.dstack([albedo, roughness]), normal) for albedo, normal, roughness in levels]
        self.size = len(textures.albedo)

    def look_up(self, uv: np.ndarray, texels: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Albedo [3, N] in linear RGB, tangent-space normal [3, N] and roughness [N] at uv [2, N], v upwards.

        `texels` is the footprint of a sample along a side, in texels of the finest level.
        """
        level = int(np.clip(np.rint(np.log2(max(texels, 1))), 0, len(self._levels) - 1))
        size = len(self._levels[level][0])
        at = (uv[0] * size - 0.5, (1 - uv[1]) * size - 0.5)
        codes, normal = (np.ascontiguousarray(values.T) for values in samples(self._levels[level], *at))
        tangent = normal.astype(np.float32) * np.float32(2 / 255) - 1
        return LINEAR.take(codes[:3]), tangent, codes[3] * np.float32(1 / 255)


def _halve(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
