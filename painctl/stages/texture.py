"""texture: albedo, normal and roughness maps of each person, in the head's texture coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from painctl.engines import registry
from painctl.engines.interfaces import Portrait, TextureEngine, TextureRequest
from painctl.images.encode import decode, encode_png
from painctl.records import OwnColours
from painctl.shard.tables import read_camera, read_identity
from painctl.stages.step import Rows, Step


class Texture(Step):
    """Maps of `size` x `size` texels."""

    stage, makes = "texture", ("textures",)

    def __init__(self, engine: str, size: int, engine_options: Mapping[str, Any]) -> None:
        """Raises what the engine's `build` raises."""
        entry = registry.find("texture", engine)
        self._engine: TextureEngine = entry.build(**engine_options)
        self.single = entry.single_option
        self._size, self._reads_portraits = size, "portraits" in entry.needs
        self.needs = ("topology", "meshes", *entry.needs)
        self.options = {"engine": engine, "size": size, **self._engine.record}
        self._open_engine = ExitStack()

    def __enter__(self) -> Texture:
        self._open_engine.enter_context(self._engine)
        return self

    def __exit__(self, *error: object) -> None:
        self._open_engine.close()

    def rows(self, row: int) -> Iterator[Rows]:
        textures = self._engine.paint(self._request(row))
        yield "textures", {name: [encode_png(getattr(textures, name))] for name in ("albedo", "normal", "roughness")}

    def _request(self, row: int) -> TextureRequest:
        portrait = camera = None
        if self._reads_portraits:
            image, mask = (decode(self.shard.read("portraits", name, row)) for name in ("image", "mask"))
            portrait, camera = Portrait(image, mask), read_camera(self.shard, "portraits", row, len(image))
        vertices = self.shard.read("meshes", "vertices", row)
        person = read_identity(self.shard, row)
        return TextureRequest(person, self.topology, vertices, self._size, portrait, camera, self._own_colours(row))

    def _own_colours(self, row: int) -> OwnColours | None:
        """The colours that came with the person's head mesh, if there are any."""
        if "albedo" not in (column.name for column in self.shard.columns("meshes")):
            return None
        albedo, covered = (self.shard.read("meshes", name, row) for name in ("albedo", "albedo_covered"))
        return OwnColours(decode(albedo), decode(covered)) if len(albedo) else None
