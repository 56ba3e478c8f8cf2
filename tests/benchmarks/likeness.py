"""How well the face encoder tells two people from one: `python tests/benchmarks/likeness.py DATASET.h5... LIST.csv...`.

DATASET.h5 is packed by `painctl pack` from people of seeds that no training used; its pairs are all pairs of its faces,
by the larger yaw of the two. A LIST.csv is as of `photographs.py`; its pairs are a neutral picture and one of another
group. Printed, as Markdown: the AUROC of likeness; the share of pairs of one person below `LEAST_LIKENESS`, which would
be warned of by mistake; and that of pairs of two people below it. Photographs are for measuring alone: the limit is
chosen on rendered people.

    --limit SHARE   print the likeness below which this share of the first dataset's pairs of one person falls
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np
from sklearn.metrics import roc_auc_score

from painctl.aligner.shipped import shipped_aligner
from painctl.dataset.landmark_frames import LandmarkFrames
from painctl.likeness.likeness import face_vector
from painctl.prediction.cropping import LARGEST, Cropper, read_face
from painctl.prediction.quality import LEAST_LIKENESS
from painctl.shard.reader import Shard

YAWS = ((0, 20), (20, 45), (45, 90))  # degrees, to either side
Pairs = tuple[str, np.ndarray, np.ndarray]  # a name, likenesses [N], and which are of one person [N]


def vector(image: np.ndarray) -> np.ndarray:
    """The vector of a face framed about like painctl's own frames."""
    return face_vector(image, shipped_aligner().locate_in_frame(image).frame)


def rendered(path: Path) -> Iterator[Pairs]:
    """The pairs of a dataset's faces, by yaw."""
    with Shard(path) as shard:
        frames = LandmarkFrames(shard)
        vectors = np.stack([vector(frames.picture(i)) for i in range(len(frames))])
        yaw = np.abs([frames.labels(i)[2] for i in range(len(frames))])
    first, second = np.triu_indices(len(vectors), 1)
    alike, same = (vectors @ vectors.T)[first, second], frames.people[first] == frames.people[second]
    yield path.stem, alike, same
    larger = np.maximum(yaw[first], yaw[second])
    for low, high in YAWS:
        if (chosen := (larger >= low) & (larger < high)).any():
            yield f"{path.stem}, yaw {low} to {high}", alike[chosen], same[chosen]


def photographed(path: Path) -> Iterator[Pairs]:
    """The pairs of a neutral picture with others, of a list."""
    vectors, people, neutral = [], [], []
    cropper = Cropper(face=LARGEST)
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            try:
                vectors.append(vector(read_face(path.parent / row["image"], cropper).picture))
            except (ValueError, OSError) as error:
                print(f"left out: {error}", file=sys.stderr)
                continue
            people.append(row["identity"])
            neutral.append(row["group"] == "neutral")
    rest = np.array(neutral)
    alike = np.stack(vectors)[rest] @ np.stack(vectors)[~rest].T
    person = np.array(people)
    yield path.parent.name, alike.ravel(), (person[rest][:, None] == person[~rest]).ravel()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="DATASET.h5|LIST.csv")
    parser.add_argument("--limit", type=float, metavar="SHARE")
    given = parser.parse_args()
    if given.limit is not None:
        _, alike, same = next(rendered(given.paths[0]))
        print(f"{np.quantile(alike[same], given.limit):.3f}")
        return
    print("| pairs | AUROC | of one person, below the limit | of two people, below it |\n|---|---|---|---|")
    for path in given.paths:
        for name, alike, same in rendered(path) if path.suffix == ".h5" else photographed(path):
            below = alike < LEAST_LIKENESS
            auroc = f"{roc_auc_score(same, alike):.3f}" if same.any() and not same.all() else ""
            print(f"| {name} | {auroc} | {below[same].mean():.1%} of {same.sum():,} | {below[~same].mean():.1%} |")


if __name__ == "__main__":
    main()
