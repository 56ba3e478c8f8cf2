"""synth-neutral: a frontal neutral portrait of each person, seen by the camera of its depth map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from painctl.appearance.procedural import procedural
from painctl.images.encode import encode_png
from painctl.render.frame import render_frame
from painctl.render.outfit import outfit
from painctl.render.rasterisers import rasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
from painctl.shard.people import Rows
from painctl.shard.reader import Shard
from painctl.shard.tables import camera_columns, read_camera, read_identity, read_topology
from painctl.stages.step import Failed, Step, each


def step(renderer: str = "opencv", texels: int = 1024) -> Step:
    """The step for portraits of the size of the depth maps, from maps of `texels` x `texels`.

    Raises ValueError for an unknown renderer.
    """
    engine = rasteriser(renderer, "cpu")

    def run(shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        topology = read_topology(shard)

        def make(row: int) -> Iterator[Rows]:
            person = read_identity(shard, row)
            camera = read_camera(shard, "depth", row, shard.read("depth", "depth", row).shape[0])
            vertices = shard.read("meshes", "vertices", row)
            overlay = outfit(person, topology, vertices)
            subject = Subject(topology, procedural(person, topology, vertices, texels), vertices, overlay)
            frame = render_frame(
                subject,
                vertices,
                np.zeros(len(vertices), np.float32),
                camera,
                scene=draw_scene(person.seed, person.identity, "portrait"),
                rasteriser=engine,
            )
            pictures = {"image": [encode_png(frame.image)], "mask": [encode_png(frame.mask)]}
            yield "portraits", {**pictures, **camera_columns([camera])}

        return each(people, make)

    return Step(
        "synth-neutral",
        ("topology", "meshes", "depth"),
        ("portraits",),
        {"engine": "procedural", "texels": texels},
        run,
    )
