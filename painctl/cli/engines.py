"""painctl engines."""

from __future__ import annotations

from collections.abc import Iterable

from painctl.cli import options
from painctl.cli.output import Output


def longest(texts: Iterable[str]) -> int:
    """Length of the longest of some texts."""
    return max(map(len, texts))


def command(as_json: options.Json = False) -> None:
    """List every stage's engines, and whether they work.

    One line per engine: the subcommands, the value of the option that selects it, whether it works on this machine and,
    if not, what is missing and how to get it. Engines that need more than painctl's own dependencies are tried out,
    which takes a few seconds; each line is printed as soon as it is known. Nothing is downloaded or built.

    Example: painctl engines
    """
    from dataclasses import asdict

    from painctl.stages.engines import engine_names, survey_engines

    with Output() as output:
        if as_json:
            output.json([asdict(engine) for engine in survey_engines()])
            return
        rows = ((e.stage, e.name, "works" if e.works else "missing", e.note) for e in survey_engines())
        output.columns(rows, (*map(longest, zip(*engine_names(), strict=True)), len("missing")))
