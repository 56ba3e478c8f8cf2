"""painctl engines."""

from __future__ import annotations

import json

from painctl.cli import options
from painctl.cli.inout import data_stdout


def command(as_json: options.Json = False, debug: options.Debug = False) -> None:
    """Tell what each stage can be done with on this machine.

    One line an engine: the subcommands, the engine as its option takes it, whether it works, and what is missing and
    how to get it. What needs more than painctl's own packages is tried, in some seconds; nothing is fetched or built.

    Example: painctl engines
    """
    from dataclasses import asdict

    with data_stdout() as out:
        from painctl.stages.engines import survey

        found = list(survey())
        if as_json:
            out.write(json.dumps([asdict(engine) for engine in found]).encode() + b"\n")
            return
        rows = [(engine.stage, engine.name, "works" if engine.works else "missing", engine.note) for engine in found]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
            out.write(("  ".join([*cells, row[3]]).rstrip() + "\n").encode())
