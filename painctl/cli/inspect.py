"""painctl inspect."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from painctl.cli import options
from painctl.cli.errors import with_stdin_named
from painctl.cli.history import NoScript, script
from painctl.cli.model_summary import show_model
from painctl.cli.output import Output, Tables
from painctl.files.names import printable
from painctl.records import UsageError
from painctl.stages import THEME

_LONG = ("columns", "history", "histories")  # omitted when a sheet is written
_ROWS_OF = {"neutral": "neutral expressions"}  # what is counted, where that is not the name of a table


class History(str, Enum):
    """How the history of a shard is printed."""

    sh = "sh"
    json = "json"


class Order(str, Enum):
    """The order of frames in a gallery."""

    pspi = "pspi"
    other = "other"
    occluders = "occluders"


def command(
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SHARD|FOLDER|MODEL",
            help="Shards, folders of shards, a dataset, or a third-party dataset; or a model: its folder, a checkpoint "
            "of the released code, or painctl for the one that comes with painctl. Without any, or with -, reads "
            "stdin: one shard, or shard paths, one per line.",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--sheet",
            metavar="PICTURE",
            help="Write a contact sheet (.png, .jpg, .pdf or .svg) of up to 12 people, replacing the file: frames with "
            "their heatmaps if there are any, else portraits, textures or depth maps.",
            show_default=False,
        ),
    ] = None,
    gallery: Annotated[
        bool, typer.Option("--gallery", help="One row per person in the sheet, with all their frames by rising PSPI.")
    ] = False,
    by: Annotated[
        Order | None,
        typer.Option(
            "--by",
            help="Order of the frames in the gallery. other: by other facial actions; occluders: by what is in front "
            "of the face; with their names under each picture.",
            show_default=Order.pspi.value,
        ),
    ] = None,
    theme: options.Theme = THEME,
    card: Annotated[bool, typer.Option("--card", help="Print the card of a dataset or a model instead.")] = False,
    history: Annotated[
        History | None,
        typer.Option(
            "--history",
            help="Print only how a shard was made. sh: as a script that makes it again, with every option; json: the "
            "steps with the options that shape their output.",
            show_default=False,
        ),
    ] = None,
    null: options.Null = False,
) -> None:
    """Show the contents of shards, datasets and models.

    Row counts, columns, attributes and history; --sheet draws their pictures. In --json, row counts are keyed by table:
    painctl inspect tiny.h5 --json | jq .frames

    Of a third-party dataset, or a CSV file of one's own pictures: people, frames, labels, what is not coded, and
    missing or broken files. Faces are not detected for this.

    Of a model, its size, input and output, data and licence, what it was trained from, and its scores on its validation
    people, beside those of always answering the median.

    --history sh prints a script and runs nothing: read it, then `painctl inspect tiny.h5 --history sh | sh > again.h5`
    makes the shard again. What a shard does not hold, such as your own files, is a variable that the script asks for.

    Example: painctl inspect tiny.h5 --sheet tiny.png
    """
    if sheet:
        options.require_plot_suffix("--sheet", sheet)
    if gallery and not sheet:
        raise UsageError("--gallery changes the layout of the contact sheet; add --sheet PICTURE")
    if by and not gallery:
        raise UsageError("--by is the order of the frames in a gallery; add --gallery")

    if history and (sheet or card or as_json):
        raise UsageError("--history prints nothing else; leave out --sheet, --card and --json")

    from painctl.stages import inspect
    from painctl.stages.step import LINE, NULL

    path_end = NULL if null else LINE
    model = inspect.model_among(inputs)
    if model and history:
        raise UsageError(f"--history is of shards, and {model} is a model; leave it out")
    if model and sheet:
        raise UsageError(f"--sheet draws what a shard holds, and {model} is a model; leave it out")
    with Output() as out:
        if model:
            if card:
                out.text(inspect.read_model_card(model))
            elif as_json:
                out.json(inspect.run_model(model), indent=1)
            else:
                show_model(inspect.run_model(model), out.tables())
            return
        if card:
            out.text("".join(inspect.read_cards(inputs, path_end)))
            return
        if history:
            path, steps, people = inspect.read_history(inputs, path_end)
            if history is History.json:
                out.json(steps, indent=1)
            else:
                out.text(_script(path, steps, people))
            return
        summary = inspect.run(inputs, sheet, (by or Order.pspi).value if gallery else None, theme, path_end)
        for part in (summary, *summary.get("shards", ())):
            if "path" in part:
                part["path"] = with_stdin_named(part["path"])
        if sheet:
            kept = {name: value for name, value in summary.items() if as_json or name not in _LONG}
            summary = {"sheet": printable(sheet), **kept}
        if as_json:
            out.json(summary, indent=1)
        else:
            _show(summary, out.tables())


def _script(path: Path, steps: list[dict[str, Any]], people: int) -> str:
    try:
        return script(steps, people)
    except NoScript as error:
        raise ValueError(f"{path}: {error}; --history json shows its steps") from None


def _show(summary: dict[str, Any], tables: Tables) -> None:
    of_shards = ("path", "sheet", "stage", "content", "source", "format", "format_version")
    heading = (*of_shards, "corpus", "label", "reference")
    facts = {name: summary[name] for name in heading if name in summary} | summary.get("attributes", {})
    for name, value in facts.items():
        if not isinstance(value, list | dict):
            tables.line(f"{name:<15} {value}")
    counts = {name: value for name, value in summary.items() if isinstance(value, int) and name not in heading}
    tables.table("", ["table", "rows"], [[_ROWS_OF.get(name, name), f"{rows:,}"] for name, rows in counts.items()])
    for name, title, head in (
        ("pspi", "faces by PSPI, excluding neutral ones", "PSPI"),
        ("other", "faces with other facial actions", "action"),
        ("splits", "people by split", "split"),
    ):
        if name in summary:
            rows = [[label, f"{count:,}"] for label, count in summary[name].items()]
            tables.table(title, [head, "count"], rows)
    if "labels" in summary:
        rows = [[value, f"{count:,}"] for value, count in summary["labels"].items()]
        tables.table("frames by label", [summary["label"], "count"], rows)
    uncoded = [f"not coded: {', '.join(summary['not_coded'])}"] if summary.get("not_coded") else []
    remarks = [*uncoded, *summary.get("notes", ()), *summary.get("faults", ())]
    for line in ["", *remarks] if remarks else []:
        tables.line(line)
    if "columns" in summary:
        rows = [
            [c["column"], c["dtype"], " x ".join(map(str, c["shape"])), f"{c['bytes']:,}"] for c in summary["columns"]
        ]
        tables.table("columns", ["column", "dtype", "shape", "bytes"], rows)
    if "shards" in summary:
        rows = [
            [s["path"], s["stage"], str(s.get("identities", 0)), str(s.get("frames", 0))] for s in summary["shards"]
        ]
        tables.table("shards", ["path", "stage", "identities", "frames"], rows)
    for history in summary.get("histories", [summary["history"]] if "history" in summary else []):
        tables.line("")
        tables.line("history")
        for step in history:
            options = ", ".join(f"{name} {json.dumps(value)}" for name, value in step.items() if name != "stage")
            tables.line(f"  {step['stage']}: {options}")
