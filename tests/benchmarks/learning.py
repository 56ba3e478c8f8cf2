"""How fast a model is fed and trained, beside a peer in the same run: `python tests/benchmarks/learning.py`.

Prints pairs a second of painctl's input path beside two plain loaders in the way of torch's ImageFolder over the same
frames as files, one that decodes both pictures of a pair and one that keeps the neutral ones; one core each, and
painctl's with augmentation. And seconds a training step beside a bare forward and backward pass of the same
backbone with the same adapters. Makes a dataset of 2,000 frames first (some twenty minutes on one core), or takes
`--dataset FILE`, which `painctl pack` wrote. One `painctl pack --format folder` of it gives the files.
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
    """Pairs of image files, read as torchvision's ImageFolder reads them: Pillow, resize, centre crop, normalise.

    With `keep` the neutral pictures, of which many frames share one, are kept once they are decoded.
    """

    def __init__(self, pairs: list[tuple[Path, Path]], keep: bool) -> None:
        self.pairs = pairs
        self._neutral = functools.cache(self._picture) if keep else self._picture

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
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        dataset = asked.dataset or made(Path(folder))
        with Shard(dataset) as shard:
            source = DatasetPairs(shard)
            feeding(source, files_of(source, Path(folder)))
            stepping(source)


def made(folder: Path) -> Path:
    """A dataset of 2,013 frames by the chain."""
    stages = ["render-depth", "synth-neutral", "texture", "rig --expressions 10", "render-views --views 3"]
    line = " | ".join(f"{PAINCTL} {stage}" for stage in (f"sample-ids -n {PEOPLE} --seed 1", *stages, "pack"))
    subprocess.run(f"{line} -o {folder}/dataset.h5", shell=True, check=True, stdout=subprocess.DEVNULL)
    return folder / "dataset.h5"


def files_of(source: DatasetPairs, folder: Path) -> list[tuple[Path, Path]]:
    """Every frame as the JPEG file that the dataset holds."""
    shard = source._shard
    for row in range(shard.rows("frames")):
        (folder / f"{row}.jpg").write_bytes(shard.read("frames", "image", row))
    return [(folder / f"{source._rows[i]}.jpg", folder / f"{source.neutrals(i)[0]}.jpg") for i in range(len(source))]


def feeding(source: DatasetPairs, files: list[tuple[Path, Path]]) -> None:
    """Pairs a second of both loaders: an epoch each, and painctl's second one, of pictures it has kept."""
    order = np.random.default_rng(0).permutation(len(source))
    plain, kept = (
        rate(DataLoader(Files(files, keep), batch_size=BATCH, sampler=order.tolist()), len(order))
        for keep in (False, True)
    )
    pairs = Pairs(source, SIZE, 1.0)
    found = []
    for epoch in (0, 1):
        keys = [[(int(i), epoch) for i in order[start : start + BATCH]] for start in range(0, len(order), BATCH)]
        found.append(rate(DataLoader(pairs, batch_sampler=keys), len(order)))
    print(f"{len(source)} pairs of {len(source) + len({key for i in order for key in source.neutrals(i)[:1]})} frames")
    print(f"  plain loader                            {plain:8.0f} pairs/s")
    print(f"  plain loader that keeps neutrals        {kept:8.0f} pairs/s")
    for epoch, speed in enumerate(found):
        times = f"{speed / plain:.1f} x, {speed / kept:.1f} x"
        print(f"  painctl, augmented, epoch {epoch + 1}             {speed:8.0f} pairs/s   {times}")


def rate(loader: Iterable[object], count: int) -> float:
    """Items a second of a whole pass."""
    start = time.perf_counter()
    for _ in loader:
        pass
    return count / (time.perf_counter() - start)


def stepping(source: DatasetPairs) -> None:
    """Seconds a step of training ViTPain on a ViT-S, beside both branches forward and backward and nothing else."""
    batch, steps = 4, 8
    model = vit_small()
    part = Subset(source, np.arange(batch * steps))
    settings = TrainingSettings(epochs=1, batch_size=batch, learning_rate=1e-4)
    pairs = Pairs(part, SIZE, 1.0)
    pictures = [torch.from_numpy(np.stack([pairs[i, -1][side] for i in range(batch)])) for side in (0, 1)]
    model.train()
    bare, whole = [], []
    for _ in range(3):  # in turns, so that both see the same machine
        start = time.perf_counter()
        for _ in range(steps):
            sum(
                model.tokens(picture, name).sum() for picture, name in zip(pictures, ("pain", "neutral"), strict=True)
            ).backward()
        bare.append((time.perf_counter() - start) / steps)
        model.zero_grad()
        start = time.perf_counter()
        train(model, part, None, settings)
        whole.append((time.perf_counter() - start) / steps)
        model.train()
    print(f"a step on {batch} pairs, ViT-S/16 at {SIZE} px under two LoRA adapters, one core")
    print(f"  bare forward and backward of both branches {min(bare):6.2f} s")
    print(f"  train: that, the heads, input, optimizer   {min(whole):6.2f} s   {min(whole) / min(bare):.2f} x")


def vit_small() -> ViTPain:
    """A ViTPain on DINOv3 ViT-S/16's architecture, its weights drawn."""
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
