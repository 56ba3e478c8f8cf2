"""render-depth: the frontal depth map of each neutral head, with the camera that saw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from painctl.render.camera import portrait_camera
from painctl.render.depth import depth_map
from painctl.render.rasterisers import rasteriser
from painctl.shard.people import Rows
from painctl.shard.reader import Shard
from painctl.shard.tables import camera_columns
from painctl.stages.step import Failed, Step, each


def step(size: int = 512, renderer: str = "opencv", device: str = "cpu") -> Step:
    """The step for depth maps of `size` x `size` pixels.

    Raises ValueError for an unknown renderer or device, ImportError where the renderer is not installed.
    """
    engine = rasteriser(renderer, device)

    def run(shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        faces = shard.read("topology", "faces")

        def make(row: int) -> Iterator[Rows]:
            vertices = shard.read("meshes", "vertices", row)
            camera = portrait_camera(vertices, size)
            depth, near, far = depth_map(engine(vertices, faces, camera))
            yield "depth", {"depth": [depth], "near": [near], "far": [far], **camera_columns([camera])}

        return each(people, make)

    return Step("render-depth", ("topology", "meshes"), ("depth",), {"size": size, "renderer": renderer}, run)
