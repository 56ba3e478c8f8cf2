"""painctl sample-ids."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from painctl.cli import options
from painctl.cli.output import Output
from painctl.cli.shards import outputs_of, report, require_output
from painctl.records import UsageError
from painctl.stages import DEMOGRAPHICS

_FLAME, _MESH = "flame", "mesh"


def _of_mesh_people(name: str, metavar: str) -> Any:
    """The option for an attribute of the people of meshes."""
    text = f"{name[2:].capitalize()} of the meshes' people, unless --people has it."
    return typer.Option(name, metavar=metavar, help=text, show_default=False)


def command(
    number: Annotated[
        int | None,
        typer.Option(
            "--number",
            "-n",
            min=1,
            max=10_000_000,
            help="Number of identities to draw.",
            show_default="required; the meshes' with --model mesh",
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
        str,
        options.engine_option(
            "head",
            "Head model: anny (open), flame, from the file given by --flame, or mesh, from those given by --mesh.",
        ),
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
    mesh: Annotated[
        list[Path] | None,
        typer.Option(
            "--mesh",
            metavar="FILE",
            help="A head mesh as OBJ, PLY or GLB, in any pose and unit; once for each mesh. People take the meshes in "
            "turn.",
            show_default=False,
        ),
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option(
            "--people",
            metavar="FILE",
            help="Whose heads the meshes are: a CSV file with the columns file, age, gender and ethnicity.",
            show_default=False,
        ),
    ] = None,
    age: Annotated[str | None, _of_mesh_people("--age", "YEARS")] = None,
    gender: Annotated[str | None, _of_mesh_people("--gender", "man|woman")] = None,
    ethnicity: Annotated[str | None, _of_mesh_people("--ethnicity", "NAME")] = None,
    colours: Annotated[
        bool,
        typer.Option(
            "--mesh-colours/--made-colours", help="Keep the colours of meshes that have any, or generate all colours."
        ),
    ] = True,
    overwrite: options.Overwrite = False,
    task: options.Task = None,
    null: options.Null = False,
) -> None:
    """Draw people: demographics and neutral heads.

    Person I of a seed is the same however the work is divided into shards and tasks.

    FLAME's shape space does not model age, gender or ethnicity, so with --model flame these affect only skin, hair and
    the portrait's prompt. FLAME's shape coefficients are drawn from a normal distribution, truncated at 2 standard
    deviations; its facial actions are transferred from the open head.

    --model mesh fits the open head to your own head meshes, and keeps their colours. What a mesh lacks (eyeballs, the
    back of the head, the neck) is the open head's; the shard's history says what.

    Example: painctl sample-ids -n 2500 --demographics 3dpain --shard-size 50 -o ids/
    """
    if convert_flame:
        _convert(convert_flame, output, number, overwrite)
        return
    if model == _MESH and not mesh:
        raise UsageError("--model mesh needs --mesh FILE: a head as OBJ, PLY or GLB")
    number = len(mesh) if number is None and model == _MESH and mesh else number
    if number is None:
        raise UsageError("missing option --number / -n: how many people to draw")
    require_output(output)
    owner = {"age": age, "gender": gender, "ethnicity": ethnicity}
    for_mesh = {"--mesh": mesh, "--people": people, **{f"--{name}": value for name, value in owner.items()}}
    _require_model(_FLAME, model, {"--flame": flame, "--flame-template": flame_template})
    _require_model(_MESH, model, {**for_mesh, "--made-colours": not colours})
    if model == _MESH and demographics != DEMOGRAPHICS:
        raise UsageError("--demographics and --model mesh cannot be combined; --people says whose the heads are")

    from painctl.stages import sample_ids, step

    if shard_size is not None and (output is None or not step.is_folder(output)):
        raise UsageError("--shard-size needs -o DIR for the shards")
    head_options: dict[str, Any] = {}
    if model == _FLAME:
        head_options = {"model": flame, "template": flame_template}
    if model == _MESH:
        head_options = {"meshes": mesh, "with_colours": colours}
    request = sample_ids.Request(number, seed, shard_size, demographics, model, head_options, people, owner)
    chosen = options.ShardOptions(output=output, overwrite=overwrite, task=task, null=null)
    outputs = outputs_of(chosen, piped=False)
    with Output() as out:
        tally = sample_ids.run(request, outputs, out.stream, out)
    report(tally, is_stdout=output is None)


def _require_model(needed: str, model: str, given: dict[str, Any]) -> None:
    """Raises UsageError if an option that only one model uses is given with another."""
    for option, value in given.items():
        if value and model != needed:
            raise UsageError(f"{option} is only used by --model {needed}; add that, or leave out {option}")


def _convert(source: Path, target: Path | None, number: int | None, overwrite: bool) -> None:
    if number is not None:
        raise UsageError("--convert-flame and -n cannot be combined; leave one out")

    from painctl.stages.sample_ids import convert_flame

    with Output() as out:
        convert_flame(source, target, overwrite, out.stream)
