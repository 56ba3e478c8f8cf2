"""synth-neutral: a frontal neutral portrait of each person, through the camera of the depth map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from painctl.engines import registry
from painctl.engines.interfaces import Portrait, PortraitEngine, PortraitRequest
from painctl.images.encode import encode_png
from painctl.shard.reader import Shard
from painctl.shard.tables import camera_columns, read_camera, read_identity
from painctl.stages.step import Failed, Rows, Step


class SynthNeutral(Step):
    """Portraits of the size of the depth maps."""

    stage, makes = "synth-neutral", ("portraits",)
    needs = ("topology", "meshes", "depth")

    def __init__(self, engine: str, engine_options: Mapping[str, Any]) -> None:
        """Raises what the engine's `build` raises."""
        entry = registry.find("portrait", engine)
        self._engine: PortraitEngine = entry.build(**engine_options)
        self.single = entry.single_option
        self.options = {"engine": engine, **self._engine.record}

    def run(self, shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        """All people at once, since an engine may paint in batches."""
        self.open(shard)
        portraits = self._engine.paint(map(self._request, people))
        for row, portrait in zip(people, portraits, strict=True):
            yield Failed(portrait) if isinstance(portrait, Exception) else [_row(portrait, self._request(row))]

    def rows(self, row: int) -> Iterable[Rows]:
        (portrait,) = self._engine.paint([self._request(row)])
        if isinstance(portrait, Exception):
            raise portrait
        return [_row(portrait, self._request(row))]

    def _request(self, row: int) -> PortraitRequest:
        depth = self.shard.read("depth", "depth", row)
        camera = read_camera(self.shard, "depth", row, len(depth))
        vertices = self.shard.read("meshes", "vertices", row)
        return PortraitRequest(read_identity(self.shard, row), self.topology, vertices, depth, camera)


def _row(portrait: Portrait, request: PortraitRequest) -> Rows:
    columns: dict[str, Any] = {
        "image": [encode_png(portrait.image)],
        "mask": [encode_png(portrait.mask)],
        **camera_columns([request.camera]),
    }
    for name in ("attempt", "agreement"):
        if (value := getattr(portrait, name)) is not None:
            columns[name] = np.array([value])
    return "portraits", columns
