"""The root attributes of a shard: which there are, their types and sizes, and the form of a history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import h5py

from painctl.files.names import printable
from painctl.files.text import parse_json

ATTRIBUTES: Final = {  # those of text, and the most bytes of each; format_version and seed are whole numbers
    "stage": 256,
    "source": 256,
    "history": 4 << 20,
    "card": 64 << 20,
}
_NUMBERS = ("format_version", "seed")
_DEEPEST = 16  # levels of lists and objects in a history
_NAMES = ("engine", "head", "inpaint", "licence")  # options that are a text, a list of texts, or null


def read_number(h5: h5py.File, name: str) -> int | None:
    """A root attribute that is a whole number; None without it. Raises ValueError for an attribute of another type."""
    encoded = name.encode()
    if not h5py.h5a.exists(h5.id, encoded):
        return None
    stored = h5py.h5a.open(h5.id, encoded)
    if not isinstance(stored.get_type(), h5py.h5t.TypeIntegerID) or not _is_scalar(stored):
        raise ValueError(f"attribute {name} is not a whole number")
    return int(h5.attrs[name])


def read_attributes(h5: h5py.File) -> dict[str, Any]:
    """All root attributes, with the history decoded.

    Raises ValueError for one that is unknown, has another type or more bytes than a shard's, and as `check_attributes`.
    """
    allowed = (*_NUMBERS, *ATTRIBUTES)
    count = h5py.h5a.get_num_attrs(h5.id)
    names = [h5py.h5a.open(h5.id, index=index).name for index in range(min(count, len(allowed) + 1))]
    for name in names:
        if name.decode(errors="replace") not in allowed:
            raise ValueError(f"unknown attribute {printable(name.decode(errors='surrogateescape'))}")
    attributes: dict[str, Any] = {}
    for name in sorted(name.decode() for name in names):
        attributes[name] = read_number(h5, name) if name in _NUMBERS else _read_text(h5, name)
    if "history" in attributes:
        attributes["history"] = parse_json(attributes["history"], "attribute history")
    check_attributes(attributes)
    return attributes


def check_attributes(attributes: Mapping[str, Any]) -> None:
    """Raises ValueError unless the stage is a text and the history a list of steps, whose options can be used."""
    if not isinstance(attributes.get("stage"), str):
        raise ValueError("no stage: not made by painctl")
    history = attributes.get("history")
    if not isinstance(history, list) or not all(isinstance(step, dict) and "stage" in step for step in history):
        raise ValueError("no history: not made by painctl")
    if _is_deeper(history, _DEEPEST):
        raise ValueError(f"attribute history: nested more than {_DEEPEST} levels deep")
    for step in history:
        varied = step.get("varied", {})
        if not isinstance(step["stage"], str) or not isinstance(varied, dict):
            raise ValueError("attribute history: expected a text as stage of every step, and an object as varied")
        for options in (step, varied):
            for name in _NAMES:
                values = options.get(name)
                if not all(isinstance(v, str | None) for v in (values if isinstance(values, list) else [values])):
                    raise ValueError(f"attribute history: {name} of {printable(step['stage'])} is not a text")


def _read_text(h5: h5py.File, name: str) -> str:
    stored = h5py.h5a.open(h5.id, name.encode())
    kind = stored.get_type()
    if not isinstance(kind, h5py.h5t.TypeStringID) or not kind.is_variable_str() or not _is_scalar(stored):
        raise ValueError(f"attribute {name} is not a text")
    try:
        size = len(h5.attrs[name].encode())
    except UnicodeEncodeError:
        raise ValueError(f"attribute {name} is not UTF-8") from None
    if size > ATTRIBUTES[name]:
        raise ValueError(f"attribute {name} has {size:,} bytes; at most {ATTRIBUTES[name]:,}")
    return h5.attrs[name]


def _is_scalar(stored: Any) -> bool:
    return stored.get_space().get_simple_extent_type() == h5py.h5s.SCALAR


def _is_deeper(values: Any, levels: int) -> bool:
    level = [values]
    for _ in range(levels):
        inside = (
            value.values() if isinstance(value, dict) else value for value in level if isinstance(value, dict | list)
        )
        level = [value for group in inside for value in group]
        if not level:
            return False
    return True
