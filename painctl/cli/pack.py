"""painctl pack."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.output import Output
from painctl.cli.shards import require_output
from painctl.records import UsageError
from painctl.stages import SPLIT, SPLIT_SEED


class Format(str, Enum):
    """Format of a dataset."""

    h5 = "h5"
    folder = "folder"
    webdataset = "webdataset"
    parquet = "parquet"


def command(
    inputs: options.Inputs = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|DIR",
            help="Where to write: for h5 a file, or a folder that gets dataset.h5; for other formats the dataset's "
            "folder. The path is printed on stdout. Without -o, the h5 itself goes to stdout.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="h5: one file with every column. folder: pictures and annotations in the layout of the published "
            "3DPain. webdataset: tar files for streaming. parquet: tables with embedded pictures.",
        ),
    ] = Format.h5,
    split: Annotated[
        str, typer.Option("--split", metavar="TRAIN,VAL,TEST", help="Shares of people in the three splits.")
    ] = ",".join(map(str, SPLIT)),
    split_seed: Annotated[int, typer.Option("--split-seed", min=0, help="Seed of the split.")] = SPLIT_SEED,
    keep: Annotated[
        str,
        typer.Option(
            "--keep",
            metavar="TABLE,...",
            help="Also keep these tables in an h5 dataset: meshes, depth, portraits, textures.",
            show_default="none",
        ),
    ] = "",
    mix: Annotated[
        bool, typer.Option("--mix", help="Allow shards made with different options after sample-ids.")
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace a dataset made by a different command or with different options."),
    ] = False,
    null: options.Null = False,
) -> None:
    """Combine shards into one dataset, split by person.

    Each person goes into one split, 70/20/10 by default, with the same mix of age group, gender and ethnicity in every
    split. Nothing is written unless every PSPI equals its formula, every frame has a neutral reference, and no person
    is in two splits. A card with counts, history and licence is written too: README.md, or the `card` attribute of an
    h5.

    Example: painctl pack frames/*.h5 --format folder -o pain3d
    """
    if form is Format.h5:
        require_output(output)
    kept = tuple(table for table in keep.split(",") if table)
    ratios = _ratios(split)

    from painctl.stages.pack import Request, run
    from painctl.stages.step import LINE, NULL

    with Output() as out:
        request = Request(output, form.value, ratios, split_seed, kept, mix, overwrite, NULL if null else LINE)
        run(inputs, request, out.stream, out)


def _ratios(text: str) -> tuple[float, ...]:
    try:
        ratios = tuple(float(part) for part in text.split(","))
    except ValueError:
        ratios = ()
    if len(ratios) != 3 or not all(0 <= ratio < float("inf") for ratio in ratios) or sum(ratios) == 0:
        raise UsageError(f"--split {text}: expected shares of train, val and test, such as 70,20,10")
    return ratios
