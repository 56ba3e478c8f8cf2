"""The light of a scene as it falls on a head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from painctl.appearance.occluders.part import Lamp
from painctl.records import Camera
from painctl.render.light import Lights
from painctl.render.occlusion import SoftShadow


@dataclass(frozen=True, eq=False)
class Lighting:
    """Lamps, sky and the shadow of the key light, in the head's frame."""

    lights: Lights
    up: np.ndarray  # float32 [3], unit, upwards in the picture
    key_shadow: SoftShadow

    @classmethod
    def of(
        cls,
        lights: Lights,
        camera: Camera,
        casters: tuple[np.ndarray, np.ndarray],
        sphere: tuple[np.ndarray, float],
        lamps: Sequence[Lamp] = (),
    ) -> Lighting:
        """`lights` in the camera's axes (see light.py), falling on a head inside `sphere`, centre [3] and radius.

        `casters` are the vertices float32 [N, 3] and triangles int32 [M, 3] that cast shadows, in metres; `lamps` are
        added to the lights and cast none.
        """
        to_head = (np.diag([1, -1, -1]) @ camera.extrinsics[:3, :3]).T.astype(np.float32)
        lights = replace(lights, directions=lights.directions @ to_head.T)
        if lamps:
            lights = replace(
                lights,
                directions=np.stack([*lights.directions, *(lamp.direction for lamp in lamps)]),
                irradiance=np.stack([*lights.irradiance, *(lamp.irradiance for lamp in lamps)]),
                radii=np.array([*lights.radii, *(lamp.radius for lamp in lamps)], np.float32),
            )
        shadow = SoftShadow(*casters, sphere, lights.directions[0], lights.radii[0], lights.distance)
        return cls(lights, to_head[:, 1], shadow)
