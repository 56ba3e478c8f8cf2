"""Speed of the pipeline, beside PyTorch3D in the same run: `python tests/benchmarks/run.py`.

Prints finished frames per second on one core, with the cost of each part; the rasteriser beside PyTorch3D's on the same
mesh (if the `pytorch3d` extra is installed); and for 8 and for 64 identities the processor time and the peak memory of
each stage, with and without other facial actions, occluders and photographic effects. Times are those of the
processor, which other programs on the machine affect less than they do the clock. Takes about fifteen minutes on two
cores; `--quick` leaves out the 64.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import cv2
import numpy as np

from painctl.appearance.procedural import procedural
from painctl.appearance.wrinkles import Wrinkles
from painctl.face.demographics import assign, load_demographics
from painctl.face.head import eye_centres, load_head
from painctl.face.identity import draw_identity
from painctl.images.encode import encode_jpeg, encode_png
from painctl.pain.heatmap import colourise, heatmap
from painctl.records import Identity
from painctl.render.camera import portrait_camera
from painctl.render.frame import render_frame
from painctl.render.lens import expose
from painctl.render.outfit import outfit
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
from painctl.rig.blendshapes import BlendshapeRig
from painctl.runs.memory import keep_freed_memory

FRAMES = 33  # per person
PEOPLE = 6
PAINCTL = Path(sys.executable).with_name("painctl")
# run by a small process, since the peak memory of a child includes what its parent had
_WATCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime, file=sys.stderr)
"""
# each command and the one whose shard it reads; the last two have everything on
STAGES = [
    ("render-depth", "sample-ids"),
    ("synth-neutral", "render-depth"),
    ("texture", "synth-neutral"),
    ("rig --other none", "texture"),
    ("render-views", "rig --other none"),
    ("pack", "render-views"),
    ("rig --other natural", "texture"),
    ("render-views --occluders natural --camera varied", "rig --other natural"),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="8 identities only")
    quick = parser.parse_args().quick
    cv2.setNumThreads(1)
    keep_freed_memory()  # as the stages do
    frames()
    rasterisers()
    for people in (8,) if quick else (8, 64):
        chain(people)


def timed(call: Callable[[], object], repeats: int = 1) -> tuple[float, object]:
    """Best seconds of a call over repeats, and what it returned last."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.process_time()
        result = call()
        best = min(best, time.process_time() - start)
    return best, result


def people() -> list[tuple[Identity, np.ndarray, np.ndarray, np.ndarray]]:
    """The first `PEOPLE` of a balanced run: identity, neutral head, action units of eleven faces, and those faces."""
    head, rows = load_head(), []
    for index, group in enumerate(assign(load_demographics("balanced"), PEOPLE, 1)):
        person = draw_identity(head, 1, index, *group)
        neutral = head.neutral(person.coefficients)
        units = np.random.default_rng(index).integers(0, [6, 6, 6, 6, 6, 2], (FRAMES // 3, 6))
        rows.append(
            (person, neutral, units, BlendshapeRig(head.topology).deform(neutral, units, np.zeros(units.shape)))
        )
    return rows


def frames() -> None:
    """Time finished 512 x 512 frames on one core: picture, mask and heatmap, encoded."""
    topology, engine = load_head().topology, OpenCVRasteriser()
    costs: dict[str, list[float]] = {}

    def cost(part: str, call: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        start = time.process_time()
        result = call(*arguments, **keywords)
        costs.setdefault(part, []).append(time.process_time() - start)
        return result

    total, finished = 0.0, 0
    for person, neutral, units, faces in people():
        procedural(person, topology, neutral)  # lays out the texels, once per process
        textures = cost("a person: textures", procedural, person, topology, neutral)
        start = time.process_time()
        overlay = cost("a person: hair, clothes, teeth, lashes", outfit, person, topology, neutral)
        folds = cost("a person: wrinkles", Wrinkles.of, person, topology, neutral)
        subject = Subject(topology, textures, neutral, overlay)
        heats = heatmap(neutral, faces, float(np.linalg.norm(np.subtract(*eye_centres(topology, neutral)))))
        for index, face in enumerate(faces):
            creases = cost("a face: wrinkles", folds.creases, units[index], np.zeros(6))
            for view, yaw in enumerate((0, -30, 30)):
                camera, scene = portrait_camera(neutral, 512, yaw), draw_scene(1, person.identity, f"{index}/{view}")
                shoot = partial(render_frame, scene=scene, rasteriser=engine, creases=creases)
                frame = cost("a frame: render", shoot, subject, face, heats[index], camera)
                cost("a frame: encode JPEG", encode_jpeg, frame.image)
                cost("a frame: encode mask", encode_png, frame.mask)
                colours = cost("a frame: colour heatmap", colourise, frame.heat)
                cost("a frame: encode heatmap", encode_png, colours)
        total, finished = total + time.process_time() - start, finished + FRAMES
        parts(cost, person, neutral, units, faces, textures, overlay, folds)
    print(f"finished frames, one core      {finished / total:8.1f} frames/s, {PEOPLE} people")
    for part, seconds in costs.items():
        print(f"  {part:<38} {1000 * np.mean(seconds):8.1f} ms")


def parts(cost, person, neutral, units, faces, textures, overlay, folds) -> None:
    """Time parts of a frame: backdrop and lens by themselves, the others by leaving them out."""
    topology, engine = load_head().topology, OpenCVRasteriser()
    bare = Subject(topology, textures, neutral)
    without = {
        "all but wrinkles": (Subject(topology, textures, neutral, overlay), None),
        "all but hair, clothes, teeth, lashes": (bare, folds.creases(units[0], np.zeros(6))),
    }
    for view, yaw in enumerate((0, -30, 30)):
        camera, scene = portrait_camera(neutral, 512, yaw), draw_scene(1, person.identity, f"0/{view}")
        heat = np.zeros(len(neutral), np.float32)
        for name, (subject, creases) in without.items():
            subject.pose(faces[0])  # shared by the views of a face
            shoot = partial(render_frame, scene=scene, rasteriser=engine, creases=creases)
            cost(f"  {name}", shoot, subject, faces[0], heat, camera)
        cost("  rasterise the head", engine, faces[0], topology.faces, camera)
        picture = cost("  paint the background", scene.backdrop, 512)
        cost("  lens and sensor", expose, picture, 1.0, scene.lens)
    cost("  occlusion, once a face", Subject(topology, textures, neutral, overlay).pose, faces[1])


def rasterisers() -> None:
    """Time our rasteriser and PyTorch3D's on the same mesh, camera and size, on one core."""
    topology = load_head().topology
    _, neutral, _, faces = people()[0]
    camera = portrait_camera(neutral, 512)
    ours, raster = timed(lambda: OpenCVRasteriser()(faces[3], topology.faces, camera), 5)
    print(f"rasterise, OpenCV              {1000 * ours:8.1f} ms")
    try:
        import torch
        from pytorch3d.renderer import MeshRasterizer, RasterizationSettings
        from pytorch3d.structures import Meshes
        from pytorch3d.utils import cameras_from_opencv_projection
    except ImportError as error:
        print(f"rasterise, PyTorch3D           not run: {error}")
        return
    torch.set_num_threads(1)
    matrices = (camera.extrinsics[None, :3, :3], camera.extrinsics[None, :3, 3], camera.intrinsics[None])
    rotation, translation, intrinsics = (torch.tensor(m, dtype=torch.float32) for m in matrices)
    peer = MeshRasterizer(
        cameras_from_opencv_projection(rotation, translation, intrinsics, torch.tensor([[512, 512]])),
        RasterizationSettings(image_size=512, bin_size=0),
    )
    mesh = Meshes([torch.from_numpy(faces[3])], [torch.from_numpy(topology.faces.astype(np.int64))])
    pytorch3d, fragments = timed(lambda: peer(mesh))
    covered = fragments.pix_to_face[0, ..., 0].numpy() >= 0
    print(f"rasterise, PyTorch3D on CPU    {1000 * pytorch3d:8.1f} ms, {pytorch3d / ours:.0f} times ours")
    print(f"  pixels covered by one alone  {100 * np.mean(covered != raster.mask):8.4f} %")


def chain(people: int) -> None:
    """Run the pipeline by its commands: processor time and peak memory of each."""
    print(f"chain, {people} identities in one shard, {FRAMES} frames each")
    print(f"  {'':<50} ms an identity  ms a frame  peak MiB")
    with tempfile.TemporaryDirectory() as folder:
        shards = {name: Path(folder) / f"{number}.h5" for number, name in enumerate(["sample-ids", *dict(STAGES)])}
        for name, source in [("sample-ids", None), *STAGES]:
            inputs = [shards[source]] if source else ["-n", str(people)]
            command = [PAINCTL, *name.split(), *inputs, "-o", shards[name]]
            done = subprocess.run([sys.executable, "-c", _WATCH, *command], capture_output=True, text=True, check=True)
            peak, seconds = map(float, done.stderr.splitlines()[-1].split())
            each = 1000 * seconds / people
            print(f"  {name:<50} {each:14.0f}  {each / FRAMES:10.1f}  {peak / 1024:8.0f}")


if __name__ == "__main__":
    main()
