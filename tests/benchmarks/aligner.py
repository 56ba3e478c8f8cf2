"""How well and how fast the aligner locates landmarks: `python tests/benchmarks/aligner.py DATASET.h5`.

The dataset's people must not be those of its training. Each frame is cropped as a detector might have: shifted by a
deviation of 3 % of its side and scaled by 8 %. Printed, as Markdown, by how far the head is turned: the mean distance
of the landmarks over that of the outer corners of the eyes, the share of landmarks rightly said to be visible or
hidden, the mean absolute errors of the pose, and what share of the errors of coordinates is below the stated one, where
63 % are expected of a Laplace distribution; and faces a second on one core.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np
import torch

from painctl.aligner.shipped import shipped_aligner
from painctl.dataset.landmark_frames import LandmarkFrames
from painctl.shard.reader import Shard

BINS = ((0, 15), (15, 30), (30, 45), (45, 60))
COLUMNS = ("error, %", "visible, %", "yaw", "pitch", "below the stated error, %")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path, help="a dataset of `painctl pack`")
    given = parser.parse_args()
    torch.set_num_threads(1)
    aligner, rng, rows, seconds = shipped_aligner(), np.random.default_rng(0), [], 0.0
    with Shard(given.dataset) as shard:
        frames = LandmarkFrames(shard)
        for i in range(len(frames)):
            picture, (points, visible, yaw, pitch) = frames.picture(i), frames.labels(i)
            side = len(picture) * np.exp(rng.normal(0, 0.08))
            x, y = len(picture) * (0.5 + rng.normal(0, 0.03, 2)) - side / 2
            start = time.perf_counter()
            located = aligner.locate_from(picture, np.array([[1 / side, 0, -x / side], [0, 1 / side, -y / side]]))
            seconds += time.perf_counter() - start
            away = located.points - points
            error = np.linalg.norm(away, axis=1).mean() / np.linalg.norm(points[36] - points[45])
            agree, below = (located.visible > 0.5) == visible, np.abs(away) < located.spread[:, None]
            rows.append(
                (
                    abs(yaw),
                    100 * error,
                    100 * agree.mean(),
                    abs(located.yaw - yaw),
                    abs(located.pitch - pitch),
                    below.mean(),
                )
            )
    table = np.array(rows) * [1, 1, 1, 1, 1, 100]
    print(f"| yaw | faces | {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 2)}")
    for low, high in BINS:
        inside = table[(table[:, 0] >= low) & (table[:, 0] < high)]
        if len(inside):
            means = " | ".join(f"{value:.1f}" for value in inside[:, 1:].mean(axis=0))
            print(f"| {low} to {high} | {len(inside)} | {means} |")
    print(f"\n{len(table) / seconds:.0f} faces a second on one core")


if __name__ == "__main__":
    main()
