"""render-views: pictures of every face from several angles, with mask, heatmap and landmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np

from painctl.appearance.wrinkles import Wrinkles
from painctl.diffusion.surroundings import Surroundings
from painctl.images.encode import decode, encode_jpeg, encode_png
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.heatmap import colourise
from painctl.records import Textures, Topology
from painctl.render.backdrops import Backdrops
from painctl.render.camera import portrait_camera
from painctl.render.frame import render_frame
from painctl.render.head_view import HeadView
from painctl.render.outfit import outfit
from painctl.render.rasterisers import rasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
from painctl.render.views import draw_angles
from painctl.shard.people import Rows
from painctl.shard.reader import Shard
from painctl.shard.tables import camera_columns, read_identity, read_topology
from painctl.stages.step import Failed, Step, each

Rendered = tuple[str, Any, dict[str, Any]]  # purpose, region to be repainted or None, columns of a frame


def step(
    yaws: Sequence[float],
    pitches: Sequence[float],
    jitter: float = 3.0,
    size: int = 512,
    picture: str = "jpeg",
    renderer: str = "opencv",
    device: str = "cpu",
    pictures: Backdrops | None = None,
    surroundings: Surroundings | None = None,
) -> Step:
    """The step for one frame a face and angle, angles in degrees.

    `yaws` and `pitches` are of one length, one entry a view. `picture` is jpeg or png. `pictures` are the
    user's own, to stand behind the heads; `surroundings` paints background and hair itself. Raises ValueError for an
    unknown renderer or device, ImportError where the renderer is not installed.
    """
    engine = rasteriser(renderer, device)
    encode = {"jpeg": encode_jpeg, "png": encode_png}[picture]

    def frames(shard: Shard, topology: Topology, row: int, expressions: Sequence[int]) -> Iterator[Rendered]:
        person = read_identity(shard, row)
        neutral = shard.read("meshes", "vertices", row)
        overlay = outfit(person, topology, neutral, hair=surroundings is None)
        wrinkles = Wrinkles.of(person, topology, neutral)
        subject = Subject(topology, _textures(shard, row), neutral, overlay)
        for expression in expressions:
            vertices = shard.read("expressions", "vertices", expression)
            heat = shard.read("expressions", "heatmap", expression)
            number = int(shard.read("expressions", "expression", expression))
            units = np.array([shard.read("expressions", name, expression) for name in ACTION_UNITS])
            creases = (
                wrinkles.creases(units, shard.read("expressions", "asymmetry", expression)) if units.any() else None
            )
            for view, (yaw, pitch) in enumerate(zip(yaws, pitches, strict=True)):
                purpose = f"view/{number}/{view}"
                turned, nodded = draw_angles(person.seed, person.identity, purpose, yaw, pitch, jitter)
                camera = portrait_camera(neutral, size, turned, nodded)
                scene = draw_scene(person.seed, person.identity, purpose, pictures)
                frame = render_frame(subject, vertices, heat, camera, scene=scene, rasteriser=engine, creases=creases)
                columns = {
                    "identity_row": row,
                    "expression_row": expression,
                    "view": view,
                    "yaw": turned,
                    "pitch": nodded,
                    "image": frame.image,
                    "mask": frame.mask,
                    "heatmap": encode_png(colourise(frame.heat)),
                    "landmarks": frame.landmarks,
                    "landmarks_visible": frame.landmarks_visible,
                    "light": scene.light,
                    "background": scene.background,
                    "lens": scene.lens,
                    **{name: values[0] for name, values in camera_columns([camera]).items()},
                }
                region = None
                if surroundings:
                    head = HeadView.of(topology, vertices, camera, engine, ("scalp",))
                    region = surroundings.region(person, frame, head)
                yield purpose, region, columns

    def run(shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        cv2.setNumThreads(1)  # one process a core: see the benchmark
        topology = read_topology(shard)
        owner = shard.read("expressions", "identity_row")

        def make(row: int) -> Iterator[Rows]:
            rendered = frames(shard, topology, row, np.flatnonzero(owner == row).tolist())
            if surroundings:
                finished = surroundings.paint(read_identity(shard, row), rendered)
            else:
                finished = (columns for _, _, columns in rendered)
            for columns in finished:
                encoded = {"image": encode(columns["image"]), "mask": encode_png(columns["mask"])}
                yield "frames", {name: [value] for name, value in {**columns, **encoded}.items()}

        return each(people, make)

    options = {
        "yaw": list(yaws),
        "pitch": list(pitches),
        "jitter": jitter,
        "size": size,
        "format": picture,
        "renderer": renderer,
        "backgrounds": list(pictures.names) if pictures else None,
        **(surroundings.record if surroundings else {}),
    }
    return Step("render-views", ("topology", "meshes", "textures", "expressions"), ("frames",), options, run)


def _textures(shard: Shard, row: int) -> Textures:
    albedo, normal, roughness = (decode(shard.read("textures", c, row)) for c in ("albedo", "normal", "roughness"))
    return Textures(albedo, normal, roughness)
