"""painctl sample-ids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli import options
from painctl.cli.errors import UsageError, tell
from painctl.cli.inout import each_shard, is_folder, require_output, task_slice

if TYPE_CHECKING:
    from painctl.cli.progress import Progress


def command(
    number: Annotated[int, typer.Option("--number", "-n", min=1, max=10_000_000, help="Identities to draw.")],
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
    overwrite: options.Overwrite = False,
    task: options.Task = None,
    debug: options.Debug = False,
) -> None:
    """Draw people: who they are, and their neutral heads.

    Person I of a seed is the same however many shards or tasks share the work. The first run on a machine builds
    the head once (about a minute) into the cache folder.

    Example: painctl sample-ids -n 2500 --demographics 3dpain --shard-size 50 -o ids/
    """
    require_output(output)
    part = task_slice(task)
    if shard_size is not None and (output is None or not is_folder(output)):
        raise UsageError("--shard-size needs -o DIR to put the shards in")
    step = min(shard_size or number, number)

    from painctl.face.demographics import load_demographics
    from painctl.stages.sample_ids import SampleIds, shard_name

    sampler = SampleIds(number, seed, load_demographics(demographics))
    ranges = {Path(shard_name(seed, start, min(start + step, number))): start for start in range(0, number, step)}

    def make(name: Path, target: Path, progress: Progress) -> None:
        people = range(ranges[name], min(ranges[name] + step, number))
        progress.expect(len(people))
        sampler.write(people, target, progress.tick, say=tell)

    def made(name: Path, target: Path) -> bool:
        return sampler.wrote(range(ranges[name], min(ranges[name] + step, number)), target)

    each_shard(ranges, output, make=make, made=made, overwrite=overwrite, task=part)
