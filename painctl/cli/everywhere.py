"""What every command has besides its own options: a configuration file, environment variables, and how much it says."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

from painctl.cli.config import Key, read_config
from painctl.cli.errors import print_line
from painctl.cli.numbers import Number
from painctl.cli.sources import SETTINGS, only_one, option_lines, use_context
from painctl.cli.splice import field_parameters
from painctl.cli.verbosity import Level, is_quiet, is_verbose, set_verbosity

_REMARK = "painctl.remark"  # in typer's context: what to report about the configuration file

# what a run reads and writes, and permissions: a variable that was forgotten must not set these
_NEVER_FROM_ENVIRONMENT = {
    *(
        "--output",
        "--null",
        "--overwrite",
        "--retry-failed",
        "--task",
        "--merge",
        "--compare",
        "--fold",
        "--convert-flame",
    ),
    *("--mesh", "--people", "--age", "--gender", "--ethnicity", "--neutral", "--pairs", "--picture", "--sheet"),
    *("--summary", "--train-on", "--test-on"),
    *("--card", "--gallery", "--history", "--accept-licence", "--allow-download", "--track-online"),
}
_SHARED = ("--quiet", "--verbose", "--debug", "--threads", "--theme")  # those that one variable sets for every command


def _use_config(context: typer.Context, path: Path | None) -> Path | None:
    """Make the settings of the file the defaults of the command's parameters; the command line and variables win."""
    if path is None or context.resilient_parsing:
        return path
    settings, remark = read_config(
        path, context.info_name or "", _keys(context.command), functools.partial(_others, context)
    )
    context.default_map = {name: setting.value for name, setting in settings.items()}
    context.meta[SETTINGS], context.meta[_REMARK] = (path, settings), remark
    return path


def _keys(command: Any) -> dict[str, Key]:
    """The keys that a file for a command may have: its options by their long names, and its arguments."""
    return {
        name: Key(parameter.name, parameter.multiple or parameter.nargs != 1)
        for parameter in command.params
        for name in _long_names(parameter)
        if name not in ("config", "help", "version")
    }


def _long_names(parameter: Any) -> list[str]:
    if parameter.param_type_name == "argument":
        return [parameter.name]
    return [name[2:] for name in parameter.opts if name.startswith("--")]


def _others(context: typer.Context, name: str) -> Iterator[str]:
    """The other commands that have an option."""
    group: Any = context.find_root().command
    for other, command in getattr(group, "commands", {}).items():
        if name in _keys(command):
            yield f"painctl {other}"


@dataclass(frozen=True)
class EverywhereOptions:
    """The options of every command, after its own in the help."""

    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE.yaml",
            is_eager=True,
            callback=_use_config,
            help="Read options from this file, such as `seed: 7`, one per line; those on the command line win.",
            show_default=False,
        ),
    ] = None
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Report errors only.")] = False
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Report what is done, and how long it takes.")] = (
        False
    )
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False


def everywhere(name: str, command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of every command; each option can also be set by a variable."""
    hints = get_type_hints(command, include_extras=True)
    own = [
        parameter.replace(annotation=hints[parameter.name])
        for parameter in inspect.signature(command).parameters.values()
    ]
    parameters = [_equipped(name, parameter) for parameter in (*own, *field_parameters(EverywhereOptions))]
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)

    @functools.wraps(command)
    def run(
        *, context: typer.Context, config: Path | None, quiet: bool, verbose: bool, debug: bool, **values: Any
    ) -> None:
        use_context(context)
        level = only_one(quiet=quiet, verbose=verbose)
        set_verbosity({"quiet": Level.QUIET, "verbose": Level.VERBOSE}.get(level, Level.NORMAL), debug)
        if (remark := context.meta.get(_REMARK)) and not is_quiet():
            print_line(remark)
        if is_verbose():
            for line in option_lines():
                print_line(line)
        command(**values)

    run.__signature__ = inspect.Signature([context, *parameters])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (context, *parameters)}
    return run


def _equipped(command: str, parameter: inspect.Parameter) -> inspect.Parameter:
    """A parameter with its environment variables, and with errors that repeat the value."""
    kind, info = get_args(parameter.annotation)[:2]
    if not isinstance(info, OptionInfo):
        return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
    info = copy.copy(info)
    long = str(info.default) if str(info.default).startswith("--") else next(iter(info.param_decls or ()), "")
    if long not in _NEVER_FROM_ENVIRONMENT and long != "--version":
        info.envvar = variables(command, long)
        info.show_envvar = False  # the man page lists them
    plain = next((k for k in get_args(kind) if k is not type(None)), kind) if get_origin(kind) else kind
    if plain in (int, float) and info.parser is None:
        info.parser = Number(plain, info.min, info.max)
        info.metavar = info.metavar or info.parser.metavar
    return parameter.replace(annotation=Annotated[kind, info], kind=inspect.Parameter.KEYWORD_ONLY)


def variables(command: str, option: str) -> list[str]:
    """The environment variables of an option, those of the command first."""
    name = option.strip("-").partition("/")[0].upper().replace("-", "_")
    own = f"PAINCTL_{command.upper().replace('-', '_')}_{name}"
    return [own, f"PAINCTL_{name}"] if option in _SHARED else [own]
