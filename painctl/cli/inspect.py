"""painctl inspect."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from painctl.cli import options
from painctl.cli.errors import plain
from painctl.cli.inout import all_shards, require_stdout
from painctl.records import UsageError

_PICTURES = (".png", ".jpg", ".jpeg")
_LONG = ("columns", "history", "histories")  # what is left out beside a sheet


def command(
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SHARD|FOLDER",
            help="Shards, folders of shards, or a dataset. Without any, or with -, stdin: one shard, or shard paths, "
            "one a line.",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--sheet",
            metavar="PICTURE",
            help="Write a contact sheet (.png or .jpg) of the frames, else portraits, textures or depth maps, of up "
            "to 12 people; replaces the file.",
            show_default=False,
        ),
    ] = None,
    gallery: Annotated[
        bool, typer.Option("--gallery", help="Make the sheet a row a person, with all their frames, PSPI rising.")
    ] = False,
    card: Annotated[bool, typer.Option("--card", help="Print the card of a dataset instead.")] = False,
    debug: options.Debug = False,
) -> None:
    """Show what shards and datasets hold: rows a table, columns, attributes, history, and their pictures.

    The numbers in --json are under the names of the tables: painctl inspect tiny.h5 --json | jq .frames

    Example: painctl inspect tiny.h5 --sheet tiny.png
    """
    if sheet and sheet.suffix.lower() not in _PICTURES:
        raise UsageError(f"--sheet {sheet}: expected a name ending in {', '.join(_PICTURES)}")
    if gallery and not sheet:
        raise UsageError("--gallery shapes the contact sheet; name one with --sheet")

    from painctl.stages import inspect

    require_stdout()
    with all_shards(inputs) as known:
        paths = list(known)
        if not paths:
            raise ValueError("nothing came in on stdin; did the command before this one fail?")
        if card:
            for path in paths:
                sys.stdout.write(inspect.read_card(path))
            return
        found = inspect.describe(paths)
        if sheet:
            inspect.write_sheet(paths, sheet, gallery)
            found = {"sheet": str(sheet), **{k: v for k, v in found.items() if as_json or k not in _LONG}}
    for one in (found, *found.get("shards", ())):
        if "path" in one:
            one["path"] = plain(one["path"])
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console(highlight=False, color_system=None if "NO_COLOR" in os.environ else "auto")
    own = ("path", "sheet", "stage", "content", "source", "format", "format_version")
    for name, value in [(name, found[name]) for name in own if name in found] + [*found.get("attributes", {}).items()]:
        if not isinstance(value, list | dict):
            console.print(f"{name:<15} {value}", soft_wrap=True, markup=False)
    counts = {name: value for name, value in found.items() if isinstance(value, int) and name not in own}
    _print_table(console, "", ["table", "rows"], [[name, f"{rows:,}"] for name, rows in counts.items()])
    for name, title in (("pspi", "PSPI"), ("splits", "split")):
        if name in found:
            rows = [[label, f"{count:,}"] for label, count in found[name].items()]
            _print_table(
                console, "faces by PSPI, neutral ones aside" if name == "pspi" else "people", [title, "count"], rows
            )
    if "columns" in found:
        rows = [
            [c["column"], c["dtype"], " x ".join(map(str, c["shape"])), f"{c['bytes']:,}"] for c in found["columns"]
        ]
        _print_table(console, "columns", ["column", "dtype", "shape", "bytes"], rows)
    if "shards" in found:
        rows = [[s["path"], s["stage"], str(s.get("identities", 0)), str(s.get("frames", 0))] for s in found["shards"]]
        _print_table(console, "shards", ["path", "stage", "identities", "frames"], rows)
    for history in found.get("histories", [found["history"]] if "history" in found else []):
        console.print("\nhistory")
        for step in history:
            text = ", ".join(f"{name} {json.dumps(value)}" for name, value in step.items() if name != "stage")
            console.print(f"  {step['stage']}: {text}", soft_wrap=True, markup=False)


def _print_table(console: Any, title: str, head: list[str], rows: list[list[str]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(head):
        numeric = number > 0 and all(row[number].replace(",", "").isdigit() for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(f"\n{title}" if title else "", markup=False)
    console.print(table)
