"""The text of --help: two columns where they fit, one in a narrow terminal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

_WIDEST, _NARROWEST = 98, 20  # characters; of very long and very short lines, none is readable
_TWO_COLUMNS = 60  # from this width on


class Command(TyperCommand):
    """A command whose help is as wide as the terminal."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.width = _width()
        super().format_help(ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        _write_parameters(self, ctx, formatter)


class Group(TyperGroup):
    """The command of commands, with the same help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.width = _width()
        super().format_help(ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        _write_parameters(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        rows = [(name, command.get_short_help_str(_WIDEST)) for name, command in self.commands.items()]
        _write_section("Commands", rows, formatter)


def _width() -> int:
    return max(min(shutil.get_terminal_size().columns - 2, _WIDEST), _NARROWEST)


def _write_parameters(command: Any, ctx: Any, formatter: Any) -> None:
    records: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for parameter in command.get_params(ctx):
        if record := parameter.get_help_record(ctx):
            records[parameter.param_type_name].append(record)
    # the metavar of an argument says what it is; typer adds its Python type
    _write_section("Arguments", [(name.partition(" <")[0], text) for name, text in records["argument"]], formatter)
    _write_section("Options", [(name, _in_words(text)) for name, text in records["option"]], formatter)


def _in_words(text: str) -> str:
    """The help of an option with its range in words, and without brackets inside those of the default."""
    text = re.sub(r"([\d.e+-]+)<=x<=([\d.e+-]+)", r"\1 to \2", text)
    text = re.sub(r"x>=([\d.e+-]+)", r"at least \1", text)
    return re.sub(r"\[default: \((.*)\)(; [^;\]]*)?\]$", r"[default: \1\2]", text)


def _write_section(title: str, rows: Sequence[tuple[str, str]], formatter: Any) -> None:
    if not rows:
        return
    with formatter.section(title):
        if formatter.width >= _TWO_COLUMNS:
            formatter.write_dl(rows)
            return
        for name, text in rows:
            formatter.write_text(name)
            with formatter.indentation():
                formatter.write_text(text)
