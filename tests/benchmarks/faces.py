"""How many faces the default detector finds, and how well their crops are framed: `python tests/benchmarks/faces.py`.

On frames of 16 people, neutral and at PSPI 12, nine yaws, at four sizes; beside dlib's detector as it comes. Then on
150 backdrops without anybody. Takes about six minutes on one core.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import cv2
import dlib
import numpy as np

from painctl.detect.detection import detect_faces
from painctl.detect.framing import CENTRE, FACE
from painctl.face.demographics import load_demographics
from painctl.images.encode import decode
from painctl.render.scene import draw_scene
from painctl.render.tone import develop
from painctl.shard.reader import Shard
from painctl.stages import render_views, rig, texture
from painctl.stages.sample_ids import SampleIds
from painctl.stages.step import transform

YAWS = (0.0, -15.0, 15.0, -30.0, 30.0, -45.0, 45.0, -60.0, 60.0)
SIZES = (512, 256, 128, 64)


def frames(folder: Path) -> Path:
    """A shard of the frames, PNG."""
    path = folder / "ids.h5"
    SampleIds(16, 11, load_demographics("balanced")).write(range(16), path)
    views = render_views.step(yaws=YAWS, pitches=(0.0,) * len(YAWS), jitter=0.0, picture="png")
    for step in (texture.step(), rig.step(scores=(12,)), views):
        transform(step, path, folder / f"{step.stage}.h5")
        path = folder / f"{step.stage}.h5"
    return path


def framing(image: np.ndarray) -> list[float]:
    """Number of faces; side of the largest one's crop over the picture's, its centre from the middle, of the side."""
    faces, size = detect_faces(image), len(image)
    if not len(faces):
        return [0, np.nan, np.nan, np.nan]
    left, top, right, bottom = faces.boxes[faces.largest] / size
    side = (bottom - top) / FACE
    aside, down = (left + right - 1) / 2, (top + bottom - 1) / 2 - (CENTRE[1] - 0.5) * side
    return [len(faces), side, aside, down]


def main() -> None:
    """Print what is found."""
    plain = dlib.get_frontal_face_detector()
    with tempfile.TemporaryDirectory() as folder, Shard(frames(Path(folder))) as shard:
        yaws = np.abs(shard.read("frames", "yaw").round()).astype(int)
        print("pixels  yaw  faces  dlib alone  found  several  side (sd)    aside   down")
        for size in SIZES:
            rows = []
            for row in range(shard.rows("frames")):
                image = decode(shard.read("frames", "image", row))
                image = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
                rows.append([len(plain(image)) > 0, *framing(image)])
            found = np.array(rows)
            for yaw in np.unique(yaws):
                alone, count, side, aside, down = found[yaws == yaw].T
                print(
                    f"{size:6} {yaw:4} {len(count):6} {alone.mean():11.1%} {(count > 0).mean():6.1%} "
                    f"{(count > 1).mean():8.1%}  {np.nanmean(side):.3f} ({np.nanstd(side):.3f}) "
                    f"{np.nanmean(np.abs(aside)):6.3f} {np.nanmean(np.abs(down)):6.3f}",
                    flush=True,
                )
    nobody = [develop(draw_scene(5, number, "backdrop").backdrop(512)) for number in range(150)]
    print(f"false alarms in {len(nobody)} backdrops: {sum(len(detect_faces(picture)) > 0 for picture in nobody)}")


if __name__ == "__main__":
    main()
