"""painctl sample-ids."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from painctl.cli import options
from painctl.cli.output import Output
from painctl.cli.shards import outputs_of, report, require_output
from painctl.records import UsageError
from painctl.stages import DEMOGRAPHICS

_FLAME = "flame"


def command(
    number: Annotated[
        int | None,
        typer.Option(
            "--number", "-n", min=1, max=10_000_000, help="Number of identities to draw.", show_default="required"
        ),
    ] = None,
    seed: options.Seed = 0,
    output: options.Output = None,
    shard_size: Annotated[
        int | None,
        typer.Option("--shard-size", min=1, help="Identities per shard, with -o DIR.", show_default="all in one"),
    ] = None,
    demographics: Annotated[
        str,
        typer.Option(
            "--demographics",
            metavar="balanced|3dpain|FILE",
            help="Distribution of age group, gender and ethnicity: balanced (uniform), 3dpain (that of the published "
            'dataset), or a JSON file of weights: {"age_group": {"young": 1, "elderly": 2}, "gender": {...}, '
            '"ethnicity": {...}}.',
        ),
    ] = DEMOGRAPHICS,
    model: Annotated[
        str, options.engine_option("head", "Head model: anny (open), or flame, from the file given by --flame.")
    ] = options.HEAD,
    flame: Annotated[
        Path | None,
        typer.Option(
            "--flame",
            metavar="FILE",
            help="A FLAME model: generic_model.pkl, flame2023.pkl, flame2023_no_jaw.pkl or flame2023_Open.pkl, as "
            "published or converted. No code in it is run.",
            show_default="the file in PAINCTL_FLAME",
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
            help="Only convert a published FLAME .pkl to -o NAME.safetensors or NAME.npz, which hold arrays and no "
            "code. No code in the pickle is run.",
            show_default=False,
        ),
    ] = None,
    overwrite: options.Overwrite = False,
    task: options.Task = None,
    null: options.Null = False,
    debug: options.Debug = False,
) -> None:
    """Draw people: demographics and neutral heads.

    Person I of a seed is the same however the work is divided into shards and tasks. The first run on a machine builds
    the head model into the cache folder, in about a minute.

    FLAME's shape space does not model age, gender or ethnicity, so with --model flame these affect only skin, hair and
    the portrait's prompt. FLAME's shape coefficients are drawn from a normal distribution, truncated at 2 standard
    deviations; its facial actions are transferred from the open head.

    Example: painctl sample-ids -n 2500 --demographics 3dpain --shard-size 50 -o ids/
    """
    if convert_flame:
        _convert(convert_flame, output, number, overwrite)
        return
    if number is None:
        raise UsageError("missing option --number / -n: how many people to draw")
    require_output(output)
    if model != _FLAME and (flame or flame_template):
        option = "--flame" if flame else "--flame-template"
        raise UsageError(f"{option} is only used by --model flame; add that, or leave out {option}")

    from painctl.stages import sample_ids, step

    if shard_size is not None and (output is None or not step.is_folder(output)):
        raise UsageError("--shard-size needs -o DIR for the shards")
    head_options = {"model": flame, "template": flame_template} if model == _FLAME else {}
    request = sample_ids.Request(number, seed, shard_size, demographics, model, head_options)
    chosen = options.ShardOptions(output=output, overwrite=overwrite, task=task, null=null)
    outputs = outputs_of(chosen, piped=False)
    with Output() as out:
        tally = sample_ids.run(request, outputs, out.stream, out)
    report(tally, is_stdout=output is None)


def _convert(source: Path, target: Path | None, number: int | None, overwrite: bool) -> None:
    if number is not None:
        raise UsageError("--convert-flame and -n cannot be combined; leave one out")

    from painctl.stages.sample_ids import convert_flame

    with Output() as out:
        convert_flame(source, target, overwrite, out.stream)
