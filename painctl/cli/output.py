"""The one output object of a command: data on stdout, and lines and a progress bar for people on stderr."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shutil
import sys
import textwrap
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from tqdm import tqdm

from painctl.cli.errors import print_error, print_line, raise_if_stopped
from painctl.cli.verbosity import is_quiet, is_verbose
from painctl.files.names import one_line
from painctl.records import SOME_FAILED, Reported

_DELAY = 2  # seconds before a progress bar is shown
_BYTES_PER_MEGABYTE = 1e6
_GAP = 2  # blanks between columns
_NARROW = 30  # a last column of fewer characters is put below the others


class Output:
    """A context manager, inside which file descriptor 1 points to stderr, so that libraries that print do no harm.

    It is a `records.Reporter`. The bar counts in `unit`, on a terminal only.
    """

    stream: BinaryIO  # stdout
    _is_terminal = False  # whether it is one
    _has_failed_in_part = False

    def __init__(self, unit: str = "person") -> None:
        self._unit = unit
        self._bar = self._new_bar()
        self._stack = contextlib.ExitStack()
        self._began = time.monotonic()

    def __enter__(self) -> Output:
        from painctl.stages.step import data_stdout

        self._is_terminal = sys.stdout is not None and sys.stdout.isatty()
        self.stream = self._stack.enter_context(data_stdout())
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Raises Reported if part of the input could not be used, and nothing else is raised."""
        self._bar.close()
        self._stack.close()
        self.detail(f"finished in {time.monotonic() - self._began:.1f} s, peak memory {_memory():,.0f} MB")
        if self._has_failed_in_part and kind is None:
            raise Reported(SOME_FAILED)

    # on stderr, as records.Reporter

    def say(self, text: str) -> None:
        if not is_quiet():
            print_line(text)

    def detail(self, text: str) -> None:
        if is_verbose():
            print_line(text)

    def log(self, text: str) -> None:
        if is_verbose():
            print_line(text)
        elif not sys.stderr.isatty():
            self.say(text)

    def error(self, error: Exception, where: str = "") -> None:
        print_error(error, where)

    def fail_in_part(self) -> None:
        self._has_failed_in_part = True

    def expect(self, count: int) -> None:
        self._bar.total = (self._bar.total or 0) + count

    def tick(self) -> None:
        raise_if_stopped()
        self._bar.update()

    def begin(self, phase: str) -> None:
        self._bar.close()
        self._bar = self._new_bar(phase)
        self.detail(f"{phase}, {time.monotonic() - self._began:.1f} s after the start")

    def raise_if_stopped(self) -> None:
        raise_if_stopped()

    # on stdout

    def path(self, path: Path) -> None:
        """The path of a finished output, as a line."""
        self.stream.write(os.fsencode(path) + b"\n")
        self.stream.flush()

    def text(self, text: str) -> None:
        """Text, unchanged."""
        self.stream.write(text.encode())

    def json(self, value: Any, indent: int | None = None) -> None:
        """A value as JSON, and a newline."""
        self.text(json.dumps(value, indent=indent, allow_nan=False) + "\n")

    @property
    def width(self) -> int | None:
        """Width of the terminal on stdout, in characters; None if stdout is not a terminal."""
        is_fitted = self._is_terminal or "COLUMNS" in os.environ
        return shutil.get_terminal_size().columns if is_fitted else None

    def columns(self, rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """Rows of plain text, each written at once, in columns of these widths and a last one of any width.

        On a terminal, the last column is wrapped, or put below the others where it would be narrow.
        """
        columns = self.width or 0
        indent = sum(widths) + _GAP * len(widths)
        is_narrow = columns - indent < _NARROW
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            text = (" " * _GAP).join([*cells, ""])
            if not columns:
                text += row[-1]
            elif is_narrow:
                first = " ".join(row[:-1])
                text = "\n".join([first, *(f"{'':4}{line}" for line in textwrap.wrap(row[-1], max(columns - 4, 16)))])
            else:
                text += f"\n{'':{indent}}".join(textwrap.wrap(row[-1], columns - indent))
            self.text(text.rstrip() + "\n")
            self.stream.flush()

    def tables(self) -> Tables:
        """A writer of tables and lines that fit the width of the terminal."""
        return Tables(self.stream)

    def _new_bar(self, phase: str = "") -> tqdm:
        is_hidden = is_quiet() or not sys.stderr.isatty()
        name = " ".join(filter(None, (*sys.argv[1:2], phase)))  # the bars of a pipe share a terminal
        return tqdm(desc=name, unit=f" {self._unit}", delay=_DELAY, file=sys.stderr, disable=is_hidden, leave=False)


def _memory() -> float:
    """The most memory that this process and those it has waited for have used, in megabytes."""
    used = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(used) * 1024 / _BYTES_PER_MEGABYTE


class Tables:
    """Tables and lines by rich; without colour if NO_COLOR is set."""

    def __init__(self, stream: BinaryIO) -> None:
        from rich.console import Console

        text = io.TextIOWrapper(stream, "utf-8", write_through=True)
        self._console = Console(file=text, highlight=False, color_system=None if "NO_COLOR" in os.environ else "auto")

    def line(self, text: str) -> None:
        """A line that is not wrapped; control characters are escaped."""
        self._console.print(one_line(text), soft_wrap=True, markup=False)

    def table(self, title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table under a title, after an empty line; columns of numbers are aligned to the right."""
        from rich.table import Table
        from rich.text import Text

        rows = list(rows)
        table = Table(box=None, pad_edge=False)
        for number, name in enumerate(head):
            is_numeric = number > 0 and all(row[number].replace(",", "").isdigit() for row in rows)
            table.add_column(name, justify="right" if is_numeric else "left", overflow="fold", no_wrap=is_numeric)
        for row in rows:
            table.add_row(*map(Text, map(one_line, row)))
        self._console.print(f"\n{title}" if title else "", markup=False)
        self._console.print(table)
