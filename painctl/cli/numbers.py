"""Numbers on the command line, with errors that repeat what was typed and say what is expected."""

from __future__ import annotations

import math
from typing import Any

import typer


class Number:
    """Parses an integer or a number between two bounds, either of which may be missing."""

    def __init__(self, kind: type, least: float | None, most: float | None) -> None:
        self.kind, self.least, self.most = kind, least, most
        self._least = -math.inf if least is None else least
        self._most = math.inf if most is None else most
        self.metavar = "N" if kind is int else "NUMBER"
        self.__name__ = self.metavar  # typer shows it in help

    def __call__(self, text: Any) -> Any:
        """The number. Raises BadParameter for anything else."""
        try:
            number = self.kind(text)
        except ValueError:
            number = math.nan
        if math.isnan(number) or not self._least <= number <= self._most:
            raise typer.BadParameter(f"{str(text)!r} is not {self.expected}.")
        return number

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        noun = "an integer" if self.kind is int else "a number"
        if self.least is not None and self.most is not None:
            return f"{noun} from {self.least} to {self.most}"
        if self.least is not None:
            return f"{noun} of at least {self.least}"
        return noun
