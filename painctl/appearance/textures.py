"""The maps that dress a head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Textures:
    """Maps of T x T texels in the head's texture coordinates; the top row is v = 1."""

    albedo: np.ndarray  # uint8 [T, T, 3], sRGB diffuse reflectance
    normal: np.ndarray  # uint8 [T, T, 3], 255 (n + 1) / 2 in tangent space, x along u, y along v
    roughness: np.ndarray  # uint8 [T, T], GGX roughness, 255 is 1
