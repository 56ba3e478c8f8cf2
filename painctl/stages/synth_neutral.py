"""synth-neutral: a frontal neutral portrait of each person, seen by the camera of its depth map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from painctl.appearance.procedural import procedural
from painctl.render.encode import encode_png
from painctl.render.frame import Sitter, render_frame
from painctl.render.rasterise import rasteriser
from painctl.render.scene import draw_scene
from painctl.shard.reader import Shard
from painctl.shard.tables import camera_columns, read_camera, read_identity, read_topology
from painctl.shard.writer import ShardWriter
from painctl.stages.flow import Step
from painctl.stages.wear import overlay_of


def step(renderer: str = "opencv", texels: int = 1024) -> Step:
    """The step for portraits of the size of the depth maps, from maps of `texels` x `texels`.

    Raises ValueError for an unknown renderer.
    """
    engine = rasteriser(renderer)

    def run(shard: Shard, out: ShardWriter) -> Iterator[None]:
        topology = read_topology(shard)
        for row in range(shard.rows("identities")):
            person = read_identity(shard, row)
            camera = read_camera(shard, "depth", row, shard.read("depth", "depth", row).shape[0])
            vertices = shard.read("meshes", "vertices", row)
            overlay = overlay_of(person, topology, vertices)
            sitter = Sitter(topology, procedural(person, topology, vertices, texels), overlay)
            frame = render_frame(
                sitter,
                vertices,
                np.zeros(len(vertices), np.float32),
                camera,
                scene=draw_scene(person.seed, person.identity, "portrait"),
                rasteriser=engine,
            )
            out.append(
                "portraits",
                {"image": [encode_png(frame.image)], "mask": [encode_png(frame.mask)], **camera_columns([camera])},
            )
            yield

    return Step(
        "synth-neutral",
        ("topology", "meshes", "depth"),
        ("portraits",),
        {"engine": "procedural", "texels": texels},
        run,
    )
