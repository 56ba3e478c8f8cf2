"""Speed of loading and training, compared with a baseline in the same run: `python tests/benchmarks/learning.py`.

Prints pairs per second of painctl's loader, with augmentation, and of two plain loaders that read the same frames from
files like torchvision's ImageFolder: one decodes both pictures of a pair, the other caches the neutral ones. Also
prints seconds per training step, and per bare forward and backward pass of the same backbone with the same adapters.
All run on one core. Needs a dataset written by `painctl pack`, given with `--dataset FILE`; without it, makes one of
2,000 frames first (about twenty minutes on one core).
"""

from __future__ import annotations

import argparse
import functools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import cv2
import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from transformers import DINOv3ViTConfig

from painctl.dataset.pairs import DatasetPairs
from painctl.shard.reader import Shard
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.model import Architecture, ViTPain
from painctl.vitpain.pairs import Pairs
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.sources import Subset
from painctl.vitpain.training import train

SIZE, BATCH, PEOPLE = 224, 48, 61
PAINCTL = Path(sys.executable).with_name("painctl")


class Files(Dataset):
    """Pairs of image files, read like torchvision's ImageFolder: Pillow, resize, normalise.

    With `cache_neutral` the neutral pictures, each shared by many frames, are cached once decoded.
    """

    def __init__(self, pairs: list[tuple[Path, Path]], cache_neutral: bool) -> None:
        self.pairs = pairs
        self._neutral = functools.cache(self._picture) if cache_neutral else self._picture

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        pain, neutral = self.pairs[index]
        return self._picture(pain), self._neutral(neutral)

    def _picture(self, path: Path) -> torch.Tensor:
        with path.open("rb") as file:
            image = Image.open(file).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
        mean, std = (torch.tensor(values)[:, None, None] for values in (Preprocess.mean, Preprocess.std))
        return (pixels - mean) / std


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        dataset = arguments.dataset or make_dataset(Path(folder))
        with Shard(dataset) as shard:
            source = DatasetPairs(shard)
            time_loading(source, write_files(source, Path(folder)))
            time_training(source)


def make_dataset(folder: Path) -> Path:
    """A dataset of 2,013 frames, made by the pipeline."""
    stages = ["render-depth", "synth-neutral", "texture", "rig --expressions 10", "render-views --views 3"]
    line = " | ".join(f"{PAINCTL} {stage}" for stage in (f"sample-ids -n {PEOPLE} --seed 1", *stages, "pack"))
    subprocess.run(f"{line} -o {folder}/dataset.h5", shell=True, check=True, stdout=subprocess.DEVNULL)
    return folder / "dataset.h5"


def write_files(source: DatasetPairs, folder: Path) -> list[tuple[Path, Path]]:
    """Write every frame's JPEG to a file; returns each frame's file and that of its neutral frame."""
    shard = source._shard
    for row in range(shard.rows("frames")):
        (folder / f"{row}.jpg").write_bytes(shard.read("frames", "image", row))
    return [(folder / f"{source._rows[i]}.jpg", folder / f"{source.neutrals(i)[0]}.jpg") for i in range(len(source))]


def time_loading(source: DatasetPairs, files: list[tuple[Path, Path]]) -> None:
    """Pairs per second of each loader over an epoch, and of painctl's over a second one, from its cache."""
    order = np.random.default_rng(0).permutation(len(source))
    plain, cached = (
        rate(DataLoader(Files(files, cache_neutral), batch_size=BATCH, sampler=order.tolist()), len(order))
        for cache_neutral in (False, True)
    )
    pairs = Pairs(source, Preprocess(SIZE))
    speeds = []
    for epoch in (0, 1):
        keys = [[(int(i), epoch) for i in order[start : start + BATCH]] for start in range(0, len(order), BATCH)]
        speeds.append(rate(DataLoader(pairs, batch_sampler=keys), len(order)))
    print(f"{len(source)} pairs of {len(source) + len({key for i in order for key in source.neutrals(i)[:1]})} frames")
    print(f"  plain loader                            {plain:8.0f} pairs/s")
    print(f"  plain loader that caches neutrals       {cached:8.0f} pairs/s")
    for epoch, speed in enumerate(speeds):
        times = f"{speed / plain:.1f} x, {speed / cached:.1f} x"
        print(f"  painctl, augmented, epoch {epoch + 1}             {speed:8.0f} pairs/s   {times}")


def rate(loader: Iterable[object], count: int) -> float:
    """Items per second over a whole pass."""
    start = time.perf_counter()
    for _ in loader:
        pass
    return count / (time.perf_counter() - start)


def time_training(source: DatasetPairs) -> None:
    """Seconds per training step of ViTPain on a ViT-S, and per bare forward and backward pass of both branches."""
    batch, steps = 4, 8
    model = vit_small()
    part = Subset(source, np.arange(batch * steps))
    settings = TrainingSettings(epochs=1, batch_size=batch, learning_rate=1e-4)
    pairs = Pairs(part, Preprocess(SIZE))
    pictures = [torch.from_numpy(np.stack([pairs[i, -1][side] for i in range(batch)])) for side in (0, 1)]
    model.train()
    bare, training = [], []
    for _ in range(3):  # alternating, so both run under the same load
        start = time.perf_counter()
        for _ in range(steps):
            sum(
                model.tokens(picture, name).sum() for picture, name in zip(pictures, ("pain", "neutral"), strict=True)
            ).backward()
        bare.append((time.perf_counter() - start) / steps)
        model.zero_grad()
        start = time.perf_counter()
        train(model, part, None, settings)
        training.append((time.perf_counter() - start) / steps)
        model.train()
    print(f"a step on {batch} pairs, ViT-S/16 at {SIZE} px under two LoRA adapters, one core")
    print(f"  bare forward and backward of both branches {min(bare):6.2f} s")
    print(f"  train: that, the heads, input, optimizer   {min(training):6.2f} s   {min(training) / min(bare):.2f} x")


def vit_small() -> ViTPain:
    """A ViTPain on the architecture of DINOv3 ViT-S/16, with random weights."""
    config = DINOv3ViTConfig(
        image_size=SIZE,
        hidden_size=384,
        intermediate_size=1536,
        num_hidden_layers=12,
        num_attention_heads=6,
        num_register_tokens=4,
        pos_embed_rescale=None,
    )
    return ViTPain(Architecture(config.to_dict(), Preprocess(SIZE), adapters=True))


if __name__ == "__main__":
    main()
