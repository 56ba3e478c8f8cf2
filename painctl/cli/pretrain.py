"""painctl pretrain."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options, training
from painctl.cli.errors import UsageError
from painctl.cli.inout import data_stdout, only_shard
from painctl.cli.progress import Progress


def command(
    dataset: options.Dataset = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder that the model becomes.")
    ] = Path("model"),
    backbone: training.Backbone = "compact",
    allow_download: training.Download = False,
    epochs: training.Epochs = None,
    batch_size: training.BatchSize = None,
    learning_rate: training.LearningRate = None,
    seed: options.Seed = 0,
    device: training.DeviceOption = training.Device.auto,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier model.")] = False,
    debug: options.Debug = False,
) -> None:
    """Train a pain model on a packed dataset.

    A face attends to the same person's neutral; heads tell PSPI, the probability of pain and six action units. The
    training people train, the validation people choose the epoch, the test people are not looked at. The model is
    model.safetensors and config.json in one folder, with the training log beside them.

    Example: painctl pretrain dataset.h5 -o model
    """
    if output.exists() and not overwrite:
        raise UsageError(f"{output}: is there already; --overwrite replaces a model")
    with data_stdout() as out, only_shard(dataset) as shard:
        from painctl.stages.pairs import check

        check(shard, ["train"])

        from painctl.stages.pretrain import pretrain
        from painctl.vitpain.model import build

        settings = training.settings(backbone, epochs, batch_size, learning_rate, seed)
        with Progress("epoch", settings.epochs) as progress:
            pretrain(
                shard,
                output,
                build(backbone, seed, allow_download),
                settings,
                device=device.value,
                overwrite=overwrite,
                log=lambda row: progress.tick(),
            )
        out.write(os.fsencode(output) + b"\n")
