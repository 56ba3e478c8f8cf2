"""render-depth: the frontal depth map of each neutral head, with its camera."""

from __future__ import annotations

from collections.abc import Iterator

from painctl.engines import registry
from painctl.render.camera import portrait_camera
from painctl.render.depth import depth_map
from painctl.shard.tables import camera_columns
from painctl.stages.step import Rows, Step


class RenderDepth(Step):
    """Depth maps of `size` x `size` pixels."""

    stage, makes = "render-depth", ("depth",)
    needs = ("topology", "meshes")

    def __init__(self, size: int, renderer: str, device: str) -> None:
        """Raises ValueError for an invalid device, ImportError if the renderer is not installed."""
        self.options = {"size": size, "renderer": renderer}
        self._size = size
        entry = registry.find("renderer", renderer)
        self._rasterise = entry.build(device=device)
        self.single = entry.single_option

    def rows(self, row: int) -> Iterator[Rows]:
        vertices = self.shard.read("meshes", "vertices", row)
        camera = portrait_camera(vertices, self._size)
        depth, near, far = depth_map(self._rasterise(vertices, self.topology.faces, camera))
        yield "depth", {"depth": [depth], "near": [near], "far": [far], **camera_columns([camera])}
