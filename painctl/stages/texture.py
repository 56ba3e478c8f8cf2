"""texture: albedo, normal and roughness maps of each person, in the head's UVs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from painctl.appearance.bake import bake
from painctl.appearance.procedural import procedural
from painctl.images.encode import decode, encode_png
from painctl.records import Textures, Topology
from painctl.render.frame import MASK_HEAD
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.shard.people import Rows
from painctl.shard.reader import Shard
from painctl.shard.tables import read_camera, read_identity, read_topology
from painctl.stages.step import Failed, Step, each

if TYPE_CHECKING:
    from painctl.appearance.hunyuan.painter import Painter


def step(engine: str = "procedural", size: int = 1024, painter: Painter | None = None) -> Step:
    """The step for maps of `size` x `size` texels by the engine of that name; hunyuan3d takes a `painter`."""
    paint, needs = _ENGINES[engine]
    options = {"engine": engine, "size": size}
    if painter:
        paint, options = partial(paint, painter), {**options, **painter.record}

    def run(shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        topology = read_topology(shard)

        def make(row: int) -> Iterator[Rows]:
            maps = paint(shard, row, topology, size)
            yield "textures", {name: [encode_png(getattr(maps, name))] for name in ("albedo", "normal", "roughness")}

        return each(people, make)

    return Step("texture", ("topology", "meshes", *needs), ("textures",), options, run)


def _procedural(shard: Shard, row: int, topology: Topology, size: int) -> Textures:
    return procedural(read_identity(shard, row), topology, shard.read("meshes", "vertices", row), size)


def _bake(shard: Shard, row: int, topology: Topology, size: int) -> Textures:
    portrait = decode(shard.read("portraits", "image", row))
    camera = read_camera(shard, "portraits", row, len(portrait))
    vertices = shard.read("meshes", "vertices", row)
    depth = OpenCVRasteriser()(vertices, topology.faces, camera).depth
    bare = decode(shard.read("portraits", "mask", row)) == MASK_HEAD
    return bake(portrait, bare, camera, vertices, topology, _procedural(shard, row, topology, size), depth)


def _hunyuan3d(painter: Painter, shard: Shard, row: int, topology: Topology, size: int) -> Textures:
    from painctl.appearance.hunyuan.paint import paint

    portrait, mask = (decode(shard.read("portraits", name, row)) for name in ("image", "mask"))
    vertices = shard.read("meshes", "vertices", row)
    return paint(painter, portrait, mask > 0, vertices, topology, _procedural(shard, row, topology, size))


_ENGINES: dict[str, tuple[Callable[..., Textures], tuple[str, ...]]] = {
    "procedural": (_procedural, ()),
    "bake": (_bake, ("portraits",)),
    "hunyuan3d": (_hunyuan3d, ("portraits",)),
}
