"""Skin whose colours came with a person's head mesh, completed where the mesh has none."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.appearance.facial_hair import paint_facial_hair
from painctl.appearance.texture_space import TextureSpace
from painctl.images.srgb import to_linear
from painctl.records import OwnColours

_SEAM = 0.008  # of the texture's side over which own and painted skin blend
_GAIN = (0.4, 2.5)  # least and greatest factor by which painted skin is matched to a mesh's


def with_own_skin(space: TextureSpace, skin: np.ndarray, own: OwnColours) -> np.ndarray:
    """Linear albedo [C, 3]: the mesh's own, which has its brows and beard painted on, elsewhere the painted `skin`.

    The painted skin is scaled to the mean colour of the mesh's face, so that no seam shows.
    """
    size = (space.size, space.size)
    scaling = cv2.INTER_AREA if space.size < len(own.albedo) else cv2.INTER_LINEAR
    colour = space.texels.gather(to_linear(cv2.resize(own.albedo, size, interpolation=scaling)))
    share = space.texels.gather(_feathered(cv2.resize(own.covered, size, interpolation=cv2.INTER_NEAREST)))[:, None]
    match = (share[:, 0] > 0.99) & (space.regions["face"] > 0.5) & (space.regions["lips"] < 0.1)
    if not match.any():
        return paint_facial_hair(space, skin)
    gain = np.clip(np.median(colour[match], 0) / np.median(skin[match], 0), *_GAIN).astype(np.float32)
    painted = skin * np.where(_is_skin(space)[:, None], gain, 1)
    return paint_facial_hair(space, painted) * (1 - share) + colour * share


def _feathered(covered: np.ndarray) -> np.ndarray:
    """Shares 0..1, float32 [T, T], that rise from 0 at the edge of what is covered, uint8 [T, T], inwards."""
    inward = cv2.distanceTransform((covered > 127).astype(np.uint8), cv2.DIST_L2, 3)
    return np.clip(inward / max(1.0, _SEAM * len(covered)), 0, 1)


def _is_skin(space: TextureSpace) -> np.ndarray:
    """Whether each texel is skin, bool [C], rather than the inside of the mouth or an eye."""
    return np.max([space.regions[name] for name in ("mouth_inside", "tongue", "eyes")], axis=0) < 0.5
