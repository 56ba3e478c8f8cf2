"""Fields of JSON objects that others wrote: each has a type and a range, checked before a value is used."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Field(NamedTuple):
    """What a value must be."""

    expected: str  # in words
    accepts: Callable[[Any], bool]
    required: bool = True

    def optional(self) -> Field:
        """The same field, which may be missing."""
        return self._replace(required=False)

    def or_null(self) -> Field:
        """The same field, which may be missing or null."""
        return Field(f"{self.expected}, or null", lambda value: value is None or self.accepts(value), False)


def whole(least: int, most: int) -> Field:
    """A whole number."""
    return Field(
        f"a whole number from {least:,} to {most:,}", lambda value: type(value) is int and least <= value <= most
    )


def number(least: float, most: float) -> Field:
    """A finite number."""
    return Field(f"a number from {least:g} to {most:g}", lambda value: _is_number(value) and least <= value <= most)


def flag() -> Field:
    """True or false."""
    return Field("true or false", lambda value: type(value) is bool)


def text(longest: int = 10_000) -> Field:
    """A text."""
    return Field(f"a text of at most {longest:,} letters", lambda value: type(value) is str and len(value) <= longest)


def listed(item: Field, least: int, most: int) -> Field:
    """A list whose items are all of one kind."""
    count = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    return Field(
        f"a list of {count} items, each {item.expected}",
        lambda value: isinstance(value, list | tuple) and least <= len(value) <= most and all(map(item.accepts, value)),
    )


def table() -> Field:
    """An object."""
    return Field("an object", lambda value: isinstance(value, Mapping))


def check_fields(values: Any, fields: Mapping[str, Field], name: str, others: bool = False) -> None:
    """Raise ValueError, which names the file `name` and the field, unless `values` is an object with these fields.

    With `others`, it may have more.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"{name} is {shown(values)}, expected an object")
    for key, field in fields.items():
        if key not in values:
            if field.required:
                raise ValueError(f"{name}: has no {key}; expected {field.expected}")
        elif not field.accepts(values[key]):
            raise ValueError(f"{name}: {key} is {shown(values[key])}, expected {field.expected}")
    if not others and (unknown := sorted(map(str, set(values).difference(fields)))):
        raise ValueError(f"{name}: {shown(unknown[0])} is not a field of it")


def shown(value: Any) -> str:
    """A value in a few printable letters, for an error."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value):,}"
    if type(value) is int and abs(value) >= 10**18:
        return "a very large number"
    return ascii(value) if len(ascii(value)) <= 40 else f"{ascii(value)[:37]}..."


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)
