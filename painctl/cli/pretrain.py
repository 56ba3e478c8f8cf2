"""painctl pretrain."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painctl.cli import options, training
from painctl.cli.errors import Stopped, tell
from painctl.cli.inout import data_stdout, only_shard
from painctl.cli.progress import Progress
from painctl.records import UsageError

if TYPE_CHECKING:
    from painctl.vitpain.data import Subset

_EVERY = 30.0  # seconds between two lines in a log


def command(
    dataset: options.Dataset = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder that the model becomes.")
    ] = Path("model"),
    model: training.ModelOption = training.Model.vitpain,
    backbone: training.Backbone = training.COMPACT,
    allow_download: training.Download = False,
    init_from: training.InitFrom = None,
    no_reference: training.NoReference = False,
    binary: training.Binary = None,
    no_aus: training.NoUnits = False,
    preset: training.PresetOption = training.Preset.paper,
    epochs: training.Epochs = None,
    batch_size: training.BatchSize = None,
    accumulate: training.Accumulate = 1,
    learning_rate: training.LearningRate = None,
    shots: training.Shots = 1,
    device: training.DeviceOption = training.Device.auto,
    precision: training.PrecisionOption = training.Precision.auto,
    compile: training.Compile = False,
    workers: training.Workers = 0,
    strict: training.Strict = False,
    crop: training.CropOption = training.Crop.points,
    save_every: training.SaveEvery = 60,
    track: training.TrackOption = None,
    seed: options.Seed = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier model.")] = False,
    debug: options.Debug = False,
) -> None:
    """Train a pain model on a dataset.

    A face attends to the same person's neutral; heads tell PSPI, the probability of pain and six action units. The
    training people train, the validation people choose the epoch, the test people are not looked at. The model is
    model.safetensors and config.json in one folder, with the training log beside them, which grows in
    OUTPUT.partial.jsonl meanwhile. A run that was killed goes on from OUTPUT.partial when the same command is given
    again, to the same weights. Under torchrun several processes
    share every batch.

    DATASET may also be a folder of the published 3DPain, which has its own split, or one that `cv` takes.

    Example: painctl pretrain dataset.h5 -o model
    """
    asked = training.Asked.of(locals())
    if output.exists() and not overwrite:
        raise UsageError(f"{output}: is there already; --overwrite replaces a model")
    if not output.parent.is_dir():
        raise UsageError(f"{output}: there is no folder {output.parent} to write it to; make that first")
    asked.check()
    with data_stdout() as out, only_shard(dataset) as path, training.opened(path, seed, strict, crop) as data:
        fitted, validation = data.parts()

        from painctl.runs.processes import is_main
        from painctl.stages.pretrain import pretrain
        from painctl.vitpain.tracking import tracked

        settings, built = asked.settings(data.real), asked.builder()()
        if is_main():
            tell(_begun(fitted, validation, settings.epochs))
        said = time.monotonic()
        with Progress("epoch", settings.epochs) as progress, tracked(track and track.value, output, settings) as log:

            def heard(row: dict[str, Any]) -> None:
                nonlocal said
                progress.tick()
                log(row)
                if is_main() and not sys.stderr.isatty() and time.monotonic() - said > _EVERY:
                    said = time.monotonic()
                    tell(_course(row, settings.epochs))

            try:
                pretrain(
                    data,
                    output,
                    built,
                    settings,
                    device=device.value,
                    overwrite=overwrite,
                    seconds=asked.save_every,
                    before=asked.taught_by(),
                    log=heard,
                )
            except Stopped:
                if (state := output.with_name(f"{output.name}.partial")).exists():
                    tell(f"{state} keeps the training, from which the same command goes on")
                raise
        if is_main():
            out.write(os.fsencode(output) + b"\n")


def _begun(fitted: Subset, validation: Subset | None, epochs: int) -> str:
    people, frames = len(set(fitted.subject.tolist())), len(fitted.subject)
    chosen = f", {len(set(validation.subject.tolist()))} choose the epoch" if validation else ""
    return f"{people} people train ({frames} frames){chosen}; {epochs} epochs"


def _course(row: dict[str, Any], epochs: int) -> str:
    told = f"epoch {row['epoch']} of {epochs}, loss {row['loss']:.3f}"
    return told + (f", validation PCC {row['validation_pcc']:.3f}" if "validation_pcc" in row else "")
