"""What a camera sees of a head before anything is painted: its outline, regions and landmarks in pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from painctl.records import Camera, Topology
from painctl.render.rasterise import Rasteriser


@dataclass(frozen=True, eq=False)
class HeadView:
    """A head in a picture of H x H pixels."""

    head: np.ndarray  # bool [H, H], where the head is seen
    regions: Mapping[str, np.ndarray]  # float32 [H, H] each, membership of what is seen in 0..1, 0 beside the head
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
        """A head of vertices [V, 3] in metres; all regions, or those of these names."""
        seen = rasteriser(vertices, topology.faces, camera)
        inside = np.flatnonzero(seen.mask)
        corners = topology.faces[seen.face.ravel()[inside]]
        weights = seen.barycentric.reshape(-1, 3)[inside]
        regions = {}
        for name in topology.region_names if names is None else names:
            picture = np.zeros(seen.face.size, np.float32)
            picture[inside] = (topology.region(name)[corners] * weights).sum(1)
            regions[name] = picture.reshape(seen.face.shape)
        marks = vertices[topology.faces[topology.landmark_faces]]
        points = np.einsum("lk,lkx->lx", topology.landmark_barycentric, marks).astype(np.float64)
        return cls(seen.mask, regions, camera.project(points))
