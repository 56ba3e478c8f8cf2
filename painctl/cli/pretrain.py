"""painctl pretrain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.output import Output
from painctl.cli.splice import splice
from painctl.cli.training import TrainingOptions
from painctl.extras import require
from painctl.files.targets import require_parent
from painctl.records import UsageError


@splice
def command(
    dataset: options.Dataset = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the model.")] = Path("model"),
    *,
    training: TrainingOptions,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing model.")] = False,
) -> None:
    """Train a pain model on a dataset.

    A face attends to the same person's neutral face; output heads estimate PSPI, the probability of pain and six action
    units. The model is trained on the training people, the epoch is chosen on the validation people, and the test
    people are not used. The model folder holds model.safetensors, config.json, the training log log.jsonl, which is in
    OUTPUT.partial.jsonl while training runs, SHA256SUMS with their checksums, and README.md, a model card for the
    Hugging Face hub: the scores on the validation people, beside those of always answering the median, the data and its
    licences. Rerun the same command to resume an
    interrupted run from OUTPUT.partial, which is also saved when a signal stops it; the final weights are the same. A
    finished run is skipped. Under torchrun, several processes share every batch.

    DATASET may also be a folder of the published 3DPain, whose own split is used, or any dataset that `cv` takes.

    Example: painctl pretrain dataset.h5 -o model
    """
    require("train", "pretrain")
    if output.exists() and not overwrite and not (output / "config.json").is_file():
        raise UsageError(f"{output}: already exists; --overwrite replaces a model")
    require_parent(output, "-o")
    request = training.request()

    from painctl.stages.pretrain import run

    with Output("epoch") as out:
        for written in run(dataset, output, request, training.data(), overwrite, out):
            out.path(written)
