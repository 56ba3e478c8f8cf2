"""The scene of a picture: light, background and lens, drawn together so that they match."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.render.backdrops import Backdrops
from painctl.render.background import draw_background, paint_background
from painctl.render.lens import draw_lens
from painctl.render.light import PLACES, draw_light
from painctl.render.photography import draw_photography


@dataclass(frozen=True, eq=False)
class Scene:
    """The random parameters of one picture, as its row in the shard stores them."""

    light: np.ndarray  # float32, see light.PARAMETERS
    background: np.ndarray  # float32, see background.PARAMETERS, or backdrops.PARAMETERS with `backdrops`
    lens: np.ndarray  # float32, see lens.PARAMETERS
    photography: np.ndarray | None = None  # float32, see photography.PARAMETERS; None for a clean picture
    backdrops: Backdrops | None = None  # the user's pictures, instead of painted backgrounds

    def backdrop(self, size: int) -> np.ndarray:
        """Linear RGB radiance float32 [size, size, 3] of the background; a white surface in the same light has 1."""
        if self.backdrops is None:
            return paint_background(self.background, size)
        return self.backdrops.paint(self.background, size)


def draw_scene(
    seed: int, identity: int, purpose: str, backdrops: Backdrops | None = None, effects: tuple[str, ...] = ()
) -> Scene:
    """The scene of one picture; with `backdrops`, its background is one of the user's pictures.

    `effects` are those of photography.py. They change no other parameter of the scene.
    """
    light = draw_light(seed, identity, f"{purpose}/light")
    where = seed, identity, f"{purpose}/background"
    background = draw_background(*where, PLACES[int(light[0])]) if backdrops is None else backdrops.draw(*where)
    lens = draw_lens(seed, identity, f"{purpose}/lens")
    photography = draw_photography(seed, identity, f"{purpose}/camera", effects) if effects else None
    return Scene(light, background, lens, photography, backdrops)
