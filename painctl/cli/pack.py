"""painctl pack."""

from __future__ import annotations

import os
import shutil
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.errors import tell
from painctl.cli.inout import all_shards, data_stdout, is_folder, require_output
from painctl.cli.progress import Progress
from painctl.files.scratch import remove_leftovers, scratch_folder
from painctl.records import UsageError


class Format(str, Enum):
    """What a dataset is written as."""

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
            help="Where to write: for h5 a file, or a folder that gets dataset.h5; for other formats the folder that "
            "the dataset becomes. The finished path is printed on stdout. Without it, the h5 itself goes to stdout.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="h5: one file with every column. folder: pictures and annotations as the published 3DPain lays them "
            "out. webdataset: tar files to stream. parquet: tables with embedded pictures.",
        ),
    ] = Format.h5,
    split: Annotated[
        str, typer.Option("--split", metavar="TRAIN,VAL,TEST", help="Shares of people in the splits.")
    ] = "70,20,10",
    split_seed: Annotated[int, typer.Option("--split-seed", min=0, help="Seed of the split.")] = 0,
    keep: Annotated[
        str,
        typer.Option(
            "--keep",
            metavar="TABLE,...",
            help="Carry these tables into an h5 dataset too: meshes, depth, portraits, textures.",
            show_default="none",
        ),
    ] = "",
    mix: Annotated[
        bool, typer.Option("--mix", help="Allow shards whose steps after sample-ids had different options.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a dataset that an earlier, different command left.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Gather shards into one dataset: split, checked and described.

    People are split 70/20/10, each into one split, with the same mix of age group, gender and ethnicity in all.
    Nothing is written unless every PSPI equals its formula, every frame has its neutral, and nobody is in two
    splits. A card with counts, history and licence goes with it: README.md, or the `card` attribute of an h5.

    Example: painctl pack frames/*.h5 --format folder -o pain3d
    """
    ratios = _ratios(split)
    kept = tuple(table for table in keep.split(",") if table)
    target = _target(output, form)
    if form is not Format.h5 and kept:
        raise UsageError(f"--keep adds tables to an h5 dataset; --format {form.value} has no place for them")

    from painctl.dataset import gather
    from painctl.stages import pack

    if unknown := [table for table in kept if table not in gather.KEEP]:
        raise UsageError(f"--keep {unknown[0]}: expected some of {', '.join(gather.KEEP)}")
    if target and form is not Format.h5:
        pack.exporter(form.value)
        pack.check_replaceable(target)
    chosen = gather.PackOptions(ratios=ratios, seed=split_seed, keep=kept, mix=mix)

    def make(plan: gather.DatasetPlan, path: Path) -> None:
        with Progress() as progress:
            progress.expect(len(plan.people))
            if form is Format.h5:
                pack.pack(plan, path, progress.tick)
            else:
                pack.export(plan, path, form.value, progress.tick)

    with data_stdout() as out, all_shards(inputs) as shards:
        with Progress() as progress:
            progress.say("checking")
            plan = gather.plan_dataset(list(shards), chosen, progress.tick)
        if target is None:
            with scratch_folder() as folder:
                image = folder / "dataset.h5"
                make(plan, image)
                with image.open("rb") as file:
                    shutil.copyfileobj(file, out)
            return
        remove_leftovers(target if form is Format.h5 else target.resolve())
        if target.exists() and not _empty(target) and not overwrite:
            if not pack.made_by(plan, target, form.value):
                raise UsageError(f"{target}: exists and is not what this makes; --overwrite replaces a dataset")
            tell(f"{target}: made before, nothing to do")
        else:
            make(plan, target)
        out.write(os.fsencode(target) + b"\n")


def _ratios(text: str) -> tuple[float, ...]:
    try:
        ratios = tuple(float(part) for part in text.split(","))
    except ValueError:
        ratios = ()
    if len(ratios) != 3 or not all(0 <= ratio < float("inf") for ratio in ratios) or sum(ratios) == 0:
        raise UsageError(f"--split {text}: expected shares of train, val and test, as in 70,20,10")
    return ratios


def _target(output: Path | None, form: Format) -> Path | None:
    if form is Format.h5:
        require_output(output)
        return output / "dataset.h5" if output and is_folder(output) else output
    if output is None or output.suffix == ".h5":
        raise UsageError(f"--format {form.value} writes a folder: add -o DIR")
    return output


def _empty(folder: Path) -> bool:
    return folder.is_dir() and next(folder.iterdir(), None) is None
