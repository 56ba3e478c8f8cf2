"""engines: which engines of each stage work on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from painctl.engines.registry import ENGINES, ROLES, Engine


@dataclass(frozen=True)
class EngineStatus:
    """Whether an engine works on this machine."""

    stage: str  # the subcommands that use it, comma-separated
    name: str  # the value of the option that selects it
    works: bool
    note: str  # what is missing and how to get it, or a remark


def engine_names() -> list[tuple[str, str]]:
    """The stage and name of every status, in the order of the pipeline; nothing is tried out."""
    return [(_stage(engine), label) for engine in ENGINES for label, _ in _probes(engine)]


def survey_engines() -> Iterator[EngineStatus]:
    """The status of every engine, in the order of the pipeline. Nothing is fetched or built."""
    for engine in ENGINES:
        for label, argument in _probes(engine):
            yield _status(engine, label, argument)


def _probes(engine: Engine) -> Sequence[tuple[str, str]]:
    return engine.probes or ((engine.name, ""),)


def _stage(engine: Engine) -> str:
    return ", ".join(ROLES[engine.role].commands)


def _status(engine: Engine, label: str, argument: str) -> EngineStatus:
    stage = _stage(engine)
    try:
        return EngineStatus(stage, label, True, engine.probe(argument))
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        return EngineStatus(stage, label, False, " ".join(str(error).split()))
