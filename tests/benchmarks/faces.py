"""Detection rate of the default face detector, and how well its crops are framed: `python tests/benchmarks/faces.py`.

Measured on frames of 16 people, neutral and at PSPI 12, nine yaws, at four sizes, beside dlib's own detector; then on
150 backdrops without a face. Takes about six minutes on one core.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import dlib
import numpy as np
from made_steps import chain, rig, textures, views, write_ids

from painctl.detect.detection import detect_faces
from painctl.detect.framing import CENTRE, FACE
from painctl.images.encode import decode
from painctl.render.scene import draw_scene
from painctl.render.tone import develop
from painctl.shard.reader import Shard

YAWS = (0.0, -15.0, 15.0, -30.0, 30.0, -45.0, 45.0, -60.0, 60.0)
SIZES = (512, 256, 128, 64)


def frames(folder: Path) -> Path:
    """A shard of the frames, PNG."""
    write_ids(16, 11, folder / "ids.h5")
    frontal_and_turned = views(yaws=YAWS, jitter=0.0, size=512, picture="png")
    return chain(folder / "ids.h5", textures(1024), rig(scores=(12,)), frontal_and_turned)


def framing(image: np.ndarray) -> list[float]:
    """Number of faces; side of the largest one's crop, its offset right and down: shares of the picture's side."""
    faces, size = detect_faces(image), len(image)
    if not len(faces):
        return [0, np.nan, np.nan, np.nan]
    left, top, right, bottom = faces.boxes[faces.largest] / size
    side = (bottom - top) / FACE
    aside, down = (left + right - 1) / 2, (top + bottom - 1) / 2 - (CENTRE[1] - 0.5) * side
    return [len(faces), side, aside, down]


def main() -> None:
    """Print the detection rates."""
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
            measured = np.array(rows)
            for yaw in np.unique(yaws):
                alone, count, side, aside, down = measured[yaws == yaw].T
                print(
                    f"{size:6} {yaw:4} {len(count):6} {alone.mean():11.1%} {(count > 0).mean():6.1%} "
                    f"{(count > 1).mean():8.1%}  {np.nanmean(side):.3f} ({np.nanstd(side):.3f}) "
                    f"{np.nanmean(np.abs(aside)):6.3f} {np.nanmean(np.abs(down)):6.3f}",
                    flush=True,
                )
    backdrops = [develop(draw_scene(5, number, "backdrop").backdrop(512)) for number in range(150)]
    print(f"false alarms in {len(backdrops)} backdrops: {sum(len(detect_faces(picture)) > 0 for picture in backdrops)}")


if __name__ == "__main__":
    main()
