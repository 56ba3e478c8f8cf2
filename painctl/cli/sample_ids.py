"""painctl sample-ids."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import options
from painctl.cli.errors import tell
from painctl.cli.inout import data_stdout, each_shard, is_folder, require_output, task_slice
from painctl.records import UsageError

if TYPE_CHECKING:
    from painctl.cli.progress import Progress
    from painctl.face.head import HeadModel


class HeadName(str, Enum):
    """The parametric head that people are drawn from."""

    anny = "anny"
    flame = "flame"


def command(
    number: Annotated[
        int | None,
        typer.Option("--number", "-n", min=1, max=10_000_000, help="Identities to draw.", show_default="required"),
    ] = None,
    seed: options.Seed = 0,
    output: options.Output = None,
    shard_size: Annotated[
        int | None,
        typer.Option("--shard-size", min=1, help="Identities a shard, with -o DIR.", show_default="all in one"),
    ] = None,
    demographics: Annotated[
        str,
        typer.Option(
            "--demographics",
            metavar="balanced|3dpain|FILE",
            help="Shares of age group, gender and ethnicity: all alike, those of the published dataset, or a JSON "
            'file of weights: {"age_group": {"young": 1, "elderly": 2}, "gender": {...}, "ethnicity": {...}}.',
        ),
    ] = "balanced",
    model: Annotated[HeadName, typer.Option("--model", help="Whose heads to draw: Anny's, or those of --flame.")] = (
        HeadName.anny
    ),
    flame: Annotated[
        Path | None,
        typer.Option(
            "--flame",
            metavar="FILE",
            help="A FLAME model: generic_model.pkl, flame2023.pkl, flame2023_no_jaw.pkl or flame2023_Open.pkl as "
            "published, or converted. No code in it is run.",
            show_default="the file that PAINCTL_FLAME names",
        ),
    ] = None,
    flame_template: Annotated[
        Path | None,
        typer.Option(
            "--flame-template",
            metavar="FILE",
            help="FLAME's template as an OBJ file, for its texture coordinates.",
            show_default="head_template.obj beside the model",
        ),
    ] = None,
    convert_flame: Annotated[
        Path | None,
        typer.Option(
            "--convert-flame",
            metavar="FILE",
            help="Do nothing but write a FLAME model, a .pkl as it is published, to -o NAME.safetensors or NAME.npz, "
            "which hold arrays and no code. Nothing that the pickle names is run.",
            show_default=False,
        ),
    ] = None,
    overwrite: options.Overwrite = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Draw people: who they are, and their neutral heads.

    Person I of a seed is the same however many shards or tasks share the work. The first run on a machine builds
    the head once (about a minute) into the cache folder.

    FLAME's shapes know nothing of age, gender and ethnicity: there only skin, hair and the portrait's prompt follow
    them. Its coefficients of shape are normal, cut at 2 standard deviations; its facial actions are the open head's,
    transferred.

    Example: painctl sample-ids -n 2500 --demographics 3dpain --shard-size 50 -o ids/
    """
    if convert_flame:
        _convert(convert_flame, output, number, overwrite)
        return
    if number is None:
        raise UsageError("--number / -n is missing: how many people?")
    require_output(output)
    load = _head(model, flame, flame_template)
    part = task_slice(task)
    if shard_size is not None and (output is None or not is_folder(output)):
        raise UsageError("--shard-size needs -o DIR to put the shards in")
    step = min(shard_size or number, number)

    from painctl.face.demographics import load_demographics
    from painctl.stages.sample_ids import SampleIds, shard_name

    sampler = SampleIds(number, seed, load_demographics(demographics), load, say=tell)
    ranges = {Path(shard_name(seed, start, min(start + step, number))): start for start in range(0, number, step)}

    def make(name: Path, target: Path, progress: Progress) -> None:
        people = range(ranges[name], min(ranges[name] + step, number))
        progress.expect(len(people))
        sampler.write(people, target, progress.tick)

    def made(name: Path, target: Path) -> bool:
        return sampler.wrote(range(ranges[name], min(ranges[name] + step, number)), target)

    each_shard(ranges, output, make=make, made=made, overwrite=overwrite, task=part)


def _head(model: HeadName, flame: Path | None, template: Path | None) -> Callable[[Callable[[str], None]], HeadModel]:
    """What loads the head that is asked for, given what hears of a slow first time."""
    from painctl.face.head import load_head

    if model is HeadName.anny:
        if flame or template:
            raise UsageError(f"--flame{'' if flame else '-template'} is for --model flame; add that, or leave it out")
        return load_head
    from painctl.face.flame.model_file import MODELS

    named = flame or (Path(os.environ["PAINCTL_FLAME"]) if os.environ.get("PAINCTL_FLAME") else None)
    if named is None:
        raise UsageError(
            f"--model flame needs --flame FILE or PAINCTL_FLAME: {MODELS}; get it from flame.is.tue.mpg.de, "
            "where one registers"
        )
    from painctl.face.flame.head import load_flame

    def load(say: Callable[[str], None]) -> HeadModel:
        head = load_flame(named, template, say)
        say(f"{named}: these heads and all pictures of them are under {head.licence}")
        return head

    return load


def _convert(source: Path, output: Path | None, number: int | None, overwrite: bool) -> None:
    from painctl.face.flame.model_file import CONVERTED, encode, read_flame
    from painctl.files.publish import atomic_write

    if number is not None:
        raise UsageError("--convert-flame and -n are two things to do; leave one out")
    if output is None or output.suffix not in CONVERTED:
        raise UsageError(f"--convert-flame needs -o NAME{CONVERTED[0]} or NAME{CONVERTED[1]}")
    if output.exists() and not overwrite:
        raise UsageError(f"{output}: is there already; --overwrite replaces it")
    with data_stdout() as out:
        atomic_write(output, encode(read_flame(source), output.suffix))
        out.write(os.fsencode(output) + b"\n")
