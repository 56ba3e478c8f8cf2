"""painctl cv."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options, training
from painctl.cli.errors import UsageError
from painctl.cli.inout import data_stdout, only_shard, write_text
from painctl.cli.progress import Progress


def command(
    dataset: options.Dataset = None,
    folds: Annotated[int, typer.Option("--folds", "-k", min=2, help="Number of folds.")] = 5,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE.csv",
            help="Scores a fold as CSV; beside it, FILE.predictions.csv has every frame.",
        ),
    ] = Path("cv.csv"),
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            metavar="DIR",
            help="Begin every fold from this pretrained model instead of from nothing.",
            show_default=False,
        ),
    ] = None,
    backbone: training.Backbone = "compact",
    allow_download: training.Download = False,
    epochs: training.Epochs = None,
    batch_size: training.BatchSize = None,
    learning_rate: training.LearningRate = None,
    seed: options.Seed = 0,
    device: training.DeviceOption = training.Device.auto,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier CSV.")] = False,
    debug: options.Debug = False,
) -> None:
    """Cross-validate a model on a dataset, by people.

    Nobody is tested by a model, an epoch or a threshold that has seen them. Prints F1 and AUROC at PSPI >= 1, 2 and
    3, and the PCC, as mean ± standard deviation over the folds.

    Example: painctl cv dataset.h5 -k 5 --model model -o cv.csv
    """
    if output.exists() and not overwrite:
        raise UsageError(f"{output}: is there already; --overwrite replaces it")
    with data_stdout() as out, only_shard(dataset) as shard:
        from painctl.stages.pairs import check

        check(shard, folds=folds)

        from painctl.stages import cv
        from painctl.stages.pretrain import choose_device
        from painctl.vitpain.checkpoints import load
        from painctl.vitpain.model import build

        settings = training.settings(backbone, epochs, batch_size, learning_rate, seed)
        where = choose_device(device.value)

        def fresh():
            return (load(model).model if model else build(backbone, seed, allow_download)).to(where)

        with Progress("epoch", folds * settings.epochs) as progress:
            result, predictions = cv.cross_validated(shard, fresh, settings, folds, lambda row: progress.tick())
        write_text(output, cv.score_csv(result))
        write_text(output.with_suffix(".predictions.csv"), predictions)
        for name, mean, values in cv.score_table(result):
            out.write(f"{name:<10} {mean:<28} {'  '.join(values)}\n".encode())
