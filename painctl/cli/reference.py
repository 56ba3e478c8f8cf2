"""The subcommands as plain records, read from their signatures; man pages and completions are generated from them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo


@dataclass(frozen=True)
class Parameter:
    """An option, or an argument (no names)."""

    names: tuple[str, ...]  # ("--output", "-o")
    value: str  # FILE|DIR, INTEGER, ...; empty for a flag
    help: str
    default: str  # empty if not worth showing
    choices: tuple[str, ...]
    is_path: bool
    variables: tuple[str, ...]  # of the environment
    operand: str  # an argument as in a synopsis, in brackets if optional; empty for an option


@dataclass(frozen=True)
class Command:
    """A subcommand: one-line summary, further paragraphs, and an example."""

    name: str
    summary: str
    paragraphs: tuple[str, ...]
    example: str
    parameters: tuple[Parameter, ...]


def read_command(name: str, function: Callable[..., None]) -> Command:
    """Read a command from the signature and docstring of its function."""
    summary, *paragraphs = (" ".join(p.split()) for p in inspect.getdoc(function).split("\n\n"))  # type: ignore[union-attr]
    examples = [p.removeprefix("Example: ") for p in paragraphs if p.startswith("Example: ")]
    hints = get_type_hints(function, include_extras=True)
    parameters = tuple(
        _read_parameter(hints[parameter.name], parameter.default)
        for parameter in inspect.signature(function).parameters.values()
        if hints[parameter.name] is not typer.Context
    )
    rest = tuple(p for p in paragraphs if not p.startswith("Example: "))
    return Command(name, summary, rest, "".join(examples), parameters)


def _read_parameter(hint: Any, default: Any) -> Parameter:
    kind, info = get_args(hint)[:2]
    kind = next((k for k in get_args(kind) if k is not type(None)), kind) if get_origin(kind) else kind
    choices = _choices(kind, info)
    # inside Annotated, typer keeps the first name of an option in `default`
    names = (str(info.default), *(info.param_decls or ())) if isinstance(info, OptionInfo) else ()
    value = "" if kind is bool else info.metavar or "|".join(choices) or "TEXT"
    return Parameter(
        names=names,
        value=value,
        help=(info.help or "") + _range(info),
        default=_default(info.show_default, default),
        choices=choices,
        is_path=kind is Path or kind == list[Path] or "FILE" in value or "DIR" in value,
        variables=tuple(info.envvar or ()),
        operand="" if names else _operand(value, kind, default),
    )


def _choices(kind: Any, info: Any) -> tuple[str, ...]:
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return tuple(member.value for member in kind)
    return getattr(info.parser, "choices", ())


def _operand(value: str, kind: Any, default: Any) -> str:
    shown = value if default is inspect.Parameter.empty else f"[{value}]"
    return f"{shown}..." if get_origin(kind) is list else shown


def _range(info: Any) -> str:
    if info.min is not None and info.max is not None:
        return f" {info.min} to {info.max}."
    return f" At least {info.min}." if info.min is not None else ""


def _default(shown: bool | str, default: Any) -> str:
    if isinstance(shown, str):
        return shown
    if not shown or any(default is nothing for nothing in (None, False, inspect.Parameter.empty)):  # 0 is a default
        return ""
    return str(default.value if isinstance(default, Enum) else default)
