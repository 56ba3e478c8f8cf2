"""Items per second of `painctl.Dataset` in torch's DataLoader: `python tests/benchmarks/dataloader.py DATASET...`.

A DATASET is anything that `painctl.Dataset` opens: a file of `painctl pack`, or a corpus. An item is a face and its
neutral one, 96 pixels wide. Each dataset is read without workers, and with two of each start method; that all read the
same is checked. The peer, without workers, reads the same faces, cropped and saved as PNG files, by Pillow, like
torchvision's ImageFolder. Opening a dataset, which checks it, is not timed; the seconds until the first batch, in which
workers start, and the speed from the ninth batch on are printed. One thread a process.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset, Subset

import painctl

SIZE, BATCH, WARM = 96, 32, 8  # pixels, items, batches before the speed is measured
SETTINGS = ((0, None), (2, "fork"), (2, "spawn"), (2, "forkserver"))


class Files(Dataset):
    """The peer: pairs of picture files."""

    def __init__(self, pairs: Sequence[tuple[Path, Path]]) -> None:
        self.pairs = pairs

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        return dict(zip(("face", "neutral"), map(self._picture, self.pairs[index]), strict=True))

    def _picture(self, path: Path) -> torch.Tensor:
        with Image.open(path) as image:
            small = image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
        return torch.from_numpy(np.asarray(small).copy()).permute(2, 0, 1)


def save(dataset: painctl.Dataset, rows: range, folder: Path) -> Files:
    """The pictures of some items as files; a neutral one of several items once."""
    pairs, paths = [], {}
    for row in rows:
        item = dataset[row]
        for part in ("face", "neutral"):
            pixels = item[part].permute(1, 2, 0).numpy()
            key = hashlib.blake2b(pixels.tobytes(), digest_size=8).hexdigest()
            if key not in paths:
                paths[key] = folder / f"{key}.png"
                Image.fromarray(pixels).save(paths[key])
            item[part] = paths[key]
        pairs.append((item["face"], item["neutral"]))
    return Files(pairs)


def read(data: Any, workers: int, start: str | None) -> tuple[float, float, str]:
    """Seconds until the first batch, items per second, and a digest of what was read."""
    digest = hashlib.blake2b(digest_size=8)
    times = [time.perf_counter()]
    for batch in DataLoader(data, BATCH, num_workers=workers, multiprocessing_context=start):
        times.append(time.perf_counter())
        for part in sorted(batch):
            if isinstance(batch[part], torch.Tensor):
                digest.update(batch[part].numpy().tobytes())
    speed = (len(data) - WARM * BATCH) / (time.perf_counter() - times[WARM])
    return times[1] - times[0], speed, digest.hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="+", type=Path, metavar="DATASET")
    parser.add_argument("--items", type=int, default=1000, help="of each dataset, at most")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print("| dataset | items | workers | started by | s to the first | items/s | over the peer |")
    print("|---|---:|---:|---|---:|---:|---:|")
    for path in given.datasets:
        rows = range(min(given.items, len(painctl.Dataset(path))))
        with tempfile.TemporaryDirectory() as folder:
            first, peer, _ = read(save(painctl.Dataset(path), rows, Path(folder)), 0, None)
        print(f"| {path.name} | {len(rows)} | 0 | peer | {first:.1f} | {peer:.0f} | 1.0 |")
        digests = set()
        for workers, start in SETTINGS:
            first, speed, digest = read(Subset(painctl.Dataset(path, size=SIZE), rows), workers, start)
            digests.add(digest)
            cells = f"{first:.1f} | {speed:.0f} | {speed / peer:.1f}"
            print(f"| {path.name} | {len(rows)} | {workers} | {start or '-'} | {cells} |")
        if len(digests) > 1:
            raise AssertionError(f"{path}: what is read depends on the workers")


if __name__ == "__main__":
    main()
