"""engines: which engines of each stage work on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from painctl.engines.registry import ENGINES, ROLES, Engine


@dataclass(frozen=True)
class EngineStatus:
    """Whether an engine works on this machine."""

    stage: str  # the subcommands that use it, comma-separated
    name: str  # the value of the option that selects it
    works: bool
    note: str  # what is missing and how to get it, or a remark


def survey_engines() -> Iterator[EngineStatus]:
    """The status of every engine, in the order of the pipeline. Nothing is fetched or built."""
    for engine in ENGINES:
        for label, argument in engine.probes or ((engine.name, ""),):
            yield _status(engine, label, argument)


def _status(engine: Engine, label: str, argument: str) -> EngineStatus:
    stage = ", ".join(ROLES[engine.role].commands)
    try:
        return EngineStatus(stage, label, True, engine.probe(argument))
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        return EngineStatus(stage, label, False, " ".join(str(error).split()))
