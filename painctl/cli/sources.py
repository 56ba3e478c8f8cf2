"""Where the options of this command come from: its command line, a variable, a file or their defaults."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from typing import Any

from painctl.records import UsageError

_STRENGTH = ("DEFAULT", "DEFAULT_MAP", "ENVIRONMENT", "COMMANDLINE")
SETTINGS = "painctl.settings"  # in typer's context: the path of the configuration file, and its settings by parameter


class _Current:
    context: Any = None  # typer's, of the command that runs


def use_context(context: Any) -> None:
    """Let the functions of this module be about the command of a context."""
    _Current.context = context


def is_typed(name: str) -> bool:
    """Whether a parameter is on the command line, rather than set by a variable, a file or its default."""
    return _strength(name) == len(_STRENGTH) - 1


def only_one(**flags: bool) -> str:
    """The one of several flags that exclude each other which is set, by name; empty if none is.

    Of two, the one on the command line wins over the one of a variable, and that over the one of a file. Raises
    UsageError if they come from the same place.
    """
    given = sorted((name for name, is_set in flags.items() if is_set), key=_strength, reverse=True)
    if len(given) > 1 and _strength(given[0]) == _strength(given[1]):
        first, second = (f"--{name.removeprefix('as_')}" for name in given[:2])
        raise UsageError(f"{first} and {second} cannot be combined; leave one out")
    return given[0] if given else ""


def _strength(name: str) -> int:
    source = _Current.context.get_parameter_source(name) if _Current.context else None
    return _STRENGTH.index(source.name) if source and source.name in _STRENGTH else 0


def origin(context: Any, parameter: Any) -> str:
    """Where the value of a parameter comes from, for an error; empty for the command line and the default."""
    source = getattr(context.get_parameter_source(parameter.name), "name", "")
    if source == "ENVIRONMENT":
        names = [parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar or ()
        return next((f"environment variable {name}" for name in names if os.environ.get(name)), "")
    if source == "DEFAULT_MAP":
        path, settings = context.meta[SETTINGS]
        return f"{path}, line {settings[parameter.name].line}"
    return ""


def effective_words() -> list[str]:
    """The command line without `painctl` and the command, as it would be typed without a file and variables."""
    words, context = sys.argv[2:], _Current.context
    typed = [word for before, word in zip(["", *words], words, strict=False) if "--config" not in (before, word)]
    typed = [word for word in typed if not word.startswith("--config=")]
    for parameter in context.command.params if context else ():
        if parameter.name != "config" and origin(context, parameter):
            value = context.params.get(parameter.name)
            typed += _words(parameter, value if isinstance(value, list | tuple) else [value])
    return typed


def _words(parameter: Any, values: Any) -> list[str]:
    if parameter.param_type_name == "argument":
        return [str(value) for value in values]
    name = next(name for name in parameter.opts if name.startswith("--"))
    if getattr(parameter, "is_flag", False):
        return [name if values[0] else next(iter(parameter.secondary_opts), "")]
    if parameter.nargs != 1:
        return [name, *map(str, values)]
    return [word for value in values for word in (name, str(getattr(value, "value", value)))]


def option_lines() -> Iterator[str]:
    """The value of each option and where it comes from, and those by default in one line."""
    context = _Current.context
    defaults = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name)
        if parameter.name == "config" or value is None or value == () or value == []:
            continue
        words = shlex.join(_words(parameter, value if isinstance(value, list | tuple) else [value]))
        if getattr(context.get_parameter_source(parameter.name), "name", "") == "DEFAULT":
            defaults += [words] if words and not (value is False and not parameter.secondary_opts) else []
        else:
            yield f"{words} ({origin(context, parameter) or 'command line'})"
    if defaults:
        yield f"by default: {' '.join(defaults)}"
