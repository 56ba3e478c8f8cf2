"""The geometry of a head as a camera sees it: outline, regions and landmarks in pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from painctl.records import Camera, Topology
from painctl.render.rasterise import Rasteriser


@dataclass(frozen=True, eq=False)
class HeadView:
    """A head in a picture of H x H pixels."""

    head: np.ndarray  # bool [H, H], where the head is visible
    regions: Mapping[str, np.ndarray]  # float32 [H, H] each, membership of the visible surface in 0..1, 0 off the head
    landmarks: np.ndarray  # float64 [68, 2], pixels

    @classmethod
    def of(
        cls,
        topology: Topology,
        vertices: np.ndarray,
        camera: Camera,
        rasteriser: Rasteriser,
        names: tuple[str, ...] | None = None,
    ) -> HeadView:
        """The view of a head of vertices [V, 3] in metres, with the regions in `names`, or all of them."""
        gbuffer = rasteriser(vertices, topology.faces, camera)
        regions = {
            name: gbuffer.interpolate(topology.faces, topology.region(name))
            for name in (topology.region_names if names is None else names)
        }
        landmarks = topology.landmarks(vertices).astype(np.float64)
        return cls(gbuffer.mask, regions, camera.project(landmarks))
