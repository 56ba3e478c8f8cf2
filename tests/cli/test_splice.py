import inspect
from dataclasses import dataclass
from typing import Annotated

import typer

from painctl.cli.splice import splice


@dataclass(frozen=True)
class Size:
    """Options of two commands."""

    width: Annotated[int, typer.Option("--width")] = 3
    height: Annotated[int, typer.Option("--height")] = 4


def test_a_dataclass_becomes_options_and_comes_back():
    calls = []

    @splice
    def command(name: Annotated[str, typer.Argument()], *, size: Size, loud: Annotated[bool, typer.Option()] = False):
        """Its help."""
        calls.append((name, size, loud))

    assert list(inspect.signature(command).parameters) == ["name", "width", "height", "loud"]
    assert command.__doc__ == "Its help."
    command(name="a", width=5, height=4, loud=True)
    assert calls == [("a", Size(5, 4), True)]


def test_defaults_are_those_of_the_dataclass():
    @splice
    def command(*, size: Size):
        pass

    defaults = {name: parameter.default for name, parameter in inspect.signature(command).parameters.items()}
    assert defaults == {"width": 3, "height": 4}
