"""How often faces are detected, and how well their crops are framed: `python tests/benchmarks/faces.py FRAMES.h5...`.

FRAMES.h5 are shards of frames, made for instance with

    painctl sample-ids -n 12 --seed 880001 | painctl texture --size 512 | painctl rig -k 1 --pspi 12 --other none |
      painctl render-views --size 384 --yaw 0,-30,30,-45,45,-60,60,-75,75 --jitter 0 -o plain.h5

Printed, by size and yaw: the share of frames with a face, the number with several, and side and centre of its crop over
the frame's, mean and standard deviation; then the share in pictures that are turned; then the false alarms in 150
backdrops without people and in `--pictures`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import cv2
import numpy as np

from painctl.detect.detection import detect_faces, load_detector
from painctl.detect.faces import Detector
from painctl.detect.framing import CENTRE, FACE
from painctl.images.encode import decode
from painctl.prediction.picture_files import read_picture
from painctl.render.scene import draw_scene
from painctl.render.tone import develop
from painctl.shard.reader import Shard

SIZES = (256, 96, 64, 48)  # pixels of a frame; the face is 45 % of it


def framing(image: np.ndarray, detector: Detector | None) -> list[float]:
    """Number of faces; of the largest one's crop the side, and the offset right and down, over the picture's side."""
    faces, size = detect_faces(image, detector), len(image)
    if not len(faces):
        return [0, np.nan, np.nan, np.nan]
    left, top, right, bottom = faces.boxes[faces.largest] / size
    side = (bottom - top) / FACE
    return [len(faces), side, (left + right - 1) / 2, (top + bottom - 1) / 2 - (CENTRE[1] - 0.5) * side]


def report_frames(path: Path, detector: Detector | None) -> None:
    """Print how faces in a shard's frames are detected and framed."""
    with Shard(path) as shard:
        images = [decode(data) for data in shard.read("frames", "image")]
        yaws = 15 * np.abs(shard.read("frames", "yaw") / 15).round().astype(int)
    print(f"\n{path.name}\n\n| pixels | yaw | faces | detected | several | side | right | down |\n|{'---|' * 8}")
    for size in SIZES:
        resized = [cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA) for image in images]
        measured = np.array([framing(image, detector) for image in resized])
        for yaw in np.unique(yaws):
            count, *parts = measured[yaws == yaw].T
            figures = " | ".join(f"{np.mean(part):.3f} ({np.std(part):.3f})" for part in (p[count > 0] for p in parts))
            print(f"| {size} | {yaw} | {len(count)} | {np.mean(count > 0):.1%} | {np.sum(count > 1)} | {figures} |")
    for turns in (1, 2, 3):
        faces = [detect_faces(np.rot90(image, -turns), detector) for image in images]
        right = [len(each) > 0 and each.turns[each.largest] == turns for each in faces]
        print(f"turned by {90 * turns} degrees clockwise: {np.mean(right):.1%} detected as turned so", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("frames", nargs="*", type=Path, metavar="FRAMES.h5")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="pictures; those with a face are listed")
    parser.add_argument("--detector", type=Path, metavar="FILE.onnx", help="instead of the one that comes with painctl")
    given = parser.parse_args(arguments)
    detector = load_detector(given.detector) if given.detector else None
    for path in given.frames:
        report_frames(path, detector)
    backdrops = [develop(draw_scene(5, number, "backdrop").backdrop(512)) for number in range(150)]
    alarms = sum(len(detect_faces(picture, detector)) > 0 for picture in backdrops)
    print(f"\nfalse alarms in {len(backdrops)} backdrops: {alarms}")
    for path in sorted(given.pictures.glob("*.[jJpP]*")) if given.pictures else ():
        faces = detect_faces(read_picture(path), detector)
        if len(faces):
            print(path.name, faces.scores.round(2).tolist(), faces.turns.tolist(), flush=True)


if __name__ == "__main__":
    main()
