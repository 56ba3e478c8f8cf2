"""painctl engines."""

from __future__ import annotations

from painctl.cli import options
from painctl.cli.output import Output


def command(as_json: options.Json = False, debug: options.Debug = False) -> None:
    """List every stage's engines, and whether they work.

    One line per engine: the subcommands, the value of the option that selects it, whether it works on this machine and,
    if not, what is missing and how to get it. Engines that need more than painctl's own dependencies are tried out,
    which takes a few seconds. Nothing is downloaded or built.

    Example: painctl engines
    """
    from dataclasses import asdict

    from painctl.stages.engines import survey_engines

    with Output() as output:
        engines = list(survey_engines())
        if as_json:
            output.json([asdict(engine) for engine in engines])
        else:
            output.columns([(e.stage, e.name, "works" if e.works else "missing", e.note) for e in engines])
