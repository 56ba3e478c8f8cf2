"""The procedural texture engine: maps from a person's appearance parameters alone."""

from __future__ import annotations

import numpy as np

from painctl.appearance.eyes import paint_eyes
from painctl.appearance.facial_hair import paint_facial_hair
from painctl.appearance.make_up import paint_make_up
from painctl.appearance.own_skin import with_own_skin
from painctl.appearance.relief import normal_map, roughness_map, static_wrinkles
from painctl.appearance.scalp import paint_scalp
from painctl.appearance.skin import paint_skin
from painctl.appearance.texture_space import TextureSpace
from painctl.appearance.wrinkles import SHADE, depth_shade
from painctl.images.srgb import to_srgb_by_level
from painctl.records import Identity, OwnColours, Textures, Topology


def procedural(
    person: Identity, topology: Topology, vertices: np.ndarray, size: int = 1024, own: OwnColours | None = None
) -> Textures:
    """Maps of `size` x `size` texels; `vertices` [V, 3] are the person's neutral head in metres.

    `own` colours replace those of the skin, brows and beard where they are there; hair on the scalp, eyes, roughness
    and relief are painted on every head.
    """
    space = TextureSpace(person, topology, vertices, size)
    wrinkles = static_wrinkles(space)
    skin = paint_skin(space) * (1 - SHADE * depth_shade(wrinkles)[:, None])
    if own is None:
        hairy = paint_facial_hair(space, paint_make_up(space, paint_scalp(space, skin)))
    else:
        hairy = paint_scalp(space, with_own_skin(space, skin, own))
    albedo = paint_eyes(space, hairy)
    codes = to_srgb_by_level(space.texels.picture(albedo))
    return Textures(codes, normal_map(space, wrinkles), roughness_map(space))
