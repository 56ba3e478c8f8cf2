"""How fast the chain is, beside a peer in the same run: `python tests/benchmarks/run.py`.

Prints finished frames a second on one core, with what each part costs; the rasteriser beside PyTorch3D's on the same
mesh (if the `pytorch3d` extra is installed); seconds an identity for the whole chain; and the peak memory of each
stage at 8 and at 64 identities. Takes about ten minutes on two cores; `--quick` leaves out the 64.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import cv2
import numpy as np

from painctl.appearance.procedural import procedural
from painctl.face.demographics import assign, load_demographics
from painctl.face.head import eye_centres, load_head
from painctl.face.identity import draw_identity
from painctl.pain.heatmap import colourise, heatmap
from painctl.render.background import draw_background
from painctl.render.camera import portrait_camera
from painctl.render.encode import encode_jpeg, encode_png
from painctl.render.frame import Sitter, render_frame
from painctl.render.light import draw_light
from painctl.render.rasterise import rasteriser
from painctl.rig.blendshapes import BlendshapeRig

FRAMES = 33
PAINCTL = Path(sys.executable).with_name("painctl")
# a small parent, since a child's peak begins with its parent's size
_WATCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""
STAGES = [
    ["render-depth"],
    ["synth-neutral"],
    ["texture"],
    ["rig", "--expressions", "10"],
    ["render-views", "--views", "3"],
    ["pack"],
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="8 identities only")
    quick = parser.parse_args().quick
    cv2.setNumThreads(1)
    frames()
    rasterisers()
    for people in (8,) if quick else (8, 64):
        chain(people)


def timed(call: Callable[[], object], repeats: int = 1) -> tuple[float, object]:
    """Best seconds of a call over repeats, and what it returned last."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return best, result


def sitter():
    """A person and eleven of their faces."""
    head = load_head()
    person = draw_identity(head, 1, 0, *assign(load_demographics("balanced"), 1, 1)[0])
    neutral = head.neutral(person.coefficients)
    units = np.random.default_rng(0).integers(0, [6, 6, 6, 6, 6, 2], (11, 6))
    return head.topology, person, neutral, BlendshapeRig(head.topology).deform(neutral, units, np.zeros((11, 6)))


def frames() -> None:
    """Finished 512 x 512 frames of one identity, one core: picture, mask and heatmap, encoded."""
    topology, person, neutral, faces = sitter()
    engine = rasteriser("opencv")
    costs: dict[str, float] = {}

    def cost(part: str, call: Callable[..., Any], *given: Any) -> Any:
        start = time.perf_counter()
        result = call(*given)
        costs[part] = costs.get(part, 0.0) + time.perf_counter() - start
        return result

    textures = procedural(person, topology, neutral)  # lays out the texels, once a process
    cost("textures, an identity", procedural, person, topology, neutral)
    cost("rasterise, part of a frame", engine, faces[0], topology.faces, portrait_camera(neutral, 512))
    start = time.perf_counter()
    sitting = Sitter(topology, textures)
    heats = heatmap(neutral, faces, float(np.linalg.norm(np.subtract(*eye_centres(topology, neutral)))))
    for index, face in enumerate(faces):
        for view, yaw in enumerate((0, -30, 30)):
            light, background = draw_light(1, index, f"{view}/light"), draw_background(1, index, f"{view}/background")
            shoot = partial(render_frame, light=light, background=background, rasteriser=engine)
            frame = cost("a frame: render", shoot, sitting, face, heats[index], portrait_camera(neutral, 512, yaw))
            cost("a frame: encode JPEG", encode_jpeg, frame.image)
            cost("a frame: encode mask", encode_png, frame.mask)
            colours = cost("a frame: colour heatmap", colourise, frame.heat)
            cost("a frame: encode heatmap", encode_png, colours)
    total = time.perf_counter() - start
    print(f"finished frames, one core      {FRAMES / total:8.1f} frames/s")
    for part, seconds in costs.items():
        print(f"  {part:<28} {1000 * seconds / (FRAMES if part.startswith('a frame') else 1):8.1f} ms")


def rasterisers() -> None:
    """Our rasteriser beside PyTorch3D's: the same mesh, camera and size, one core."""
    topology, _, neutral, faces = sitter()
    camera = portrait_camera(neutral, 512)
    ours, seen = timed(lambda: rasteriser("opencv")(faces[3], topology.faces, camera), 5)
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
    theirs, fragments = timed(lambda: peer(mesh))
    covered = fragments.pix_to_face[0, ..., 0].numpy() >= 0
    print(f"rasterise, PyTorch3D on CPU    {1000 * theirs:8.1f} ms, {theirs / ours:.0f} times ours")
    print(f"  pixels covered by one alone  {100 * np.mean(covered != seen.mask):8.4f} %")


def chain(people: int) -> None:
    """The whole chain by the commands: seconds an identity on the machine as it is, and each stage's peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        peaks = {}
        for name, source, target, command in commands(people, Path(folder)):
            line = [sys.executable, "-c", _WATCH, PAINCTL, *command, *source, "-o", target]
            done = subprocess.run(line, capture_output=True, text=True, check=True)
            peaks[name] = int(done.stderr.splitlines()[-1]) / 1024
        total = time.perf_counter() - start
    print(f"chain, {people} identities in one shard  {total / people:8.2f} s an identity of {FRAMES} frames")
    for name, peak in peaks.items():
        print(f"  peak memory {name:<16} {peak:8.0f} MiB")


def commands(people: int, folder: Path) -> Iterator[tuple[str, list[Path], Path, list[str]]]:
    """(stage, inputs, output, command) of each stage in turn."""
    source: list[Path] = []
    for number, command in enumerate([["sample-ids", "-n", str(people)], *STAGES]):
        target = folder / f"{number}.h5"
        yield command[0], source, target, command
        source = [target]


if __name__ == "__main__":
    main()
