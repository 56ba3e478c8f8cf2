"""texture: albedo, normal and roughness maps of each person, in the head's UVs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from painctl.appearance.bake import bake
from painctl.appearance.procedural import procedural
from painctl.appearance.textures import Textures
from painctl.render.encode import decode, encode_png
from painctl.render.rasterise import rasteriser
from painctl.shard.reader import Shard
from painctl.shard.records import Topology
from painctl.shard.tables import read_camera, read_identity, read_topology
from painctl.stages.carry import Rows
from painctl.stages.flow import Failed, Step, each


def step(engine: str = "procedural", size: int = 1024) -> Step:
    """The step for maps of `size` x `size` texels by the engine of that name."""
    paint, needs = _ENGINES[engine]

    def run(shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        topology = read_topology(shard)

        def make(row: int) -> Iterator[Rows]:
            maps = paint(shard, row, topology, size)
            yield "textures", {name: [encode_png(getattr(maps, name))] for name in ("albedo", "normal", "roughness")}

        return each(people, make)

    return Step("texture", ("topology", "meshes", *needs), ("textures",), {"engine": engine, "size": size}, run)


def _procedural(shard: Shard, row: int, topology: Topology, size: int) -> Textures:
    return procedural(read_identity(shard, row), topology, shard.read("meshes", "vertices", row), size)


def _bake(shard: Shard, row: int, topology: Topology, size: int) -> Textures:
    portrait = decode(shard.read("portraits", "image", row))
    camera = read_camera(shard, "portraits", row, len(portrait))
    vertices = shard.read("meshes", "vertices", row)
    depth = rasteriser("opencv")(vertices, topology.faces, camera).depth
    bare = decode(shard.read("portraits", "mask", row)) == 255
    return bake(portrait, bare, camera, vertices, topology, _procedural(shard, row, topology, size), depth)


_ENGINES: dict[str, tuple[Callable[[Shard, int, Topology, int], Textures], tuple[str, ...]]] = {
    "procedural": (_procedural, ()),
    "bake": (_bake, ("portraits",)),
}
