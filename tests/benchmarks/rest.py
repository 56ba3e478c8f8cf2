"""How well a model tells a neutral picture from others by itself: `python tests/benchmarks/rest.py MODEL DATASET.h5`.

Printed, as Markdown: the share of a dataset's faces, by PSPI, that `predict` would report as not neutral, for a few
limits of the PSPI that the model estimates for a face alone. `prediction.rest.LIMIT` is the limit in use.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np

from painctl.dataset.opening import open_data
from painctl.prediction.faces import Reference
from painctl.prediction.rest import LIMIT, rest_scores
from painctl.vitpain.checkpoints import load

LIMITS = sorted({1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, LIMIT})
GROUPS = {"at rest": (0, 0), "1 to 4": (1, 4), "5 to 8": (5, 8), "9 to 16": (9, 16)}  # by PSPI


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of a model trained with --reference-dropout")
    parser.add_argument("dataset", type=Path, metavar="DATASET.h5")
    given = parser.parse_args(arguments)
    checkpoint = load(given.model)
    with open_data(given.dataset) as data:
        source = checkpoint.model.prepare(data.source)
        keys = sorted({key for frame in range(len(source)) for key in source.neutrals(frame)})
        faces = [*map(source.neutral, keys), *map(source.picture, range(len(source)))]
        pspi = np.r_[np.zeros(len(keys)), source.pspi]
    scores = rest_scores(checkpoint, [*map(Reference, faces)])
    if scores is None:
        parser.error(f"{given.model}: cannot estimate a face alone")
    print(f"| PSPI | faces | mean | {' | '.join(f'>= {limit:g}' for limit in LIMITS)} |")
    print(f"|{'---|' * (3 + len(LIMITS))}")
    for group, (low, high) in GROUPS.items():
        part = scores[(pspi >= low) & (pspi <= high)]
        shares = " | ".join(f"{100 * np.mean(part >= limit):.0f} %" for limit in LIMITS)
        print(f"| {group} | {len(part)} | {part.mean():.1f} | {shares} |")


if __name__ == "__main__":
    main()
