"""pretrain: a ViTPain trained on a dataset's training people; its validation people choose the epoch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from painctl.shard.reader import Shard
from painctl.shard.schema import SPLITS
from painctl.stages.pairs import NEUTRAL, DatasetPairs
from painctl.vitpain.checkpoints import save
from painctl.vitpain.model import ViTPain
from painctl.vitpain.settings import Settings
from painctl.vitpain.training import train

Log = Callable[[dict[str, Any]], None]


def pretrain(
    dataset: Path,
    folder: Path,
    model: ViTPain,
    settings: Settings,
    *,
    device: str = "auto",
    overwrite: bool = False,
    log: Log = lambda _: None,
) -> None:
    """Train `model` and write it to `folder`, complete or absent; `log` gets a row an epoch.

    Raises ShardError for what is not a dataset with training frames, FileExistsError if the folder is there.
    """
    rows: list[dict[str, Any]] = []

    def keep(row: dict[str, Any]) -> None:
        rows.append(row)
        log(row)

    with Shard(dataset) as shard:
        source = DatasetPairs(shard, ["train"])
        held_out = np.isin(shard.read("split", "split"), SPLITS.index("val")).any()
        validation = DatasetPairs(shard, ["val"]) if held_out else None
        train(model.to(choose_device(device)), source, validation, settings, keep)
    save(folder, model, settings, NEUTRAL, rows, overwrite)


def choose_device(name: str) -> str:
    """`auto` is CUDA where there is one. Raises ValueError for CUDA where there is none."""
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("--device cuda: torch finds no CUDA GPU here; use cpu")
    return ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name
