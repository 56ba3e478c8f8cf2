"""What a picture is taken in and with: light, background and lens, drawn together so that they fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.render.backdrops import Backdrops
from painctl.render.background import draw_background, paint_background
from painctl.render.lens import draw_lens
from painctl.render.light import PLACES, draw_light


@dataclass(frozen=True, eq=False)
class Scene:
    """The seeded parameters of one picture, as its row of the shard holds them."""

    light: np.ndarray  # float32, see light.PARAMETERS
    background: np.ndarray  # float32, see background.PARAMETERS, or backdrops.PARAMETERS for the user's pictures
    lens: np.ndarray  # float32, see lens.PARAMETERS
    pictures: Backdrops | None = None  # where a background that is the user's picture comes from

    def backdrop(self, size: int) -> np.ndarray:
        """Linear RGB radiance float32 [size, size, 3] of the background, beside a white surface in the same light."""
        if self.pictures is None:
            return paint_background(self.background, size)
        return self.pictures.paint(self.background, size)


def draw_scene(seed: int, identity: int, purpose: str, pictures: Backdrops | None = None) -> Scene:
    """The scene of one picture; with `pictures` the background is one of them."""
    light = draw_light(seed, identity, f"{purpose}/light")
    where = seed, identity, f"{purpose}/background"
    background = draw_background(*where, PLACES[int(light[0])]) if pictures is None else pictures.draw(*where)
    return Scene(light, background, draw_lens(seed, identity, f"{purpose}/lens"), pictures)
