"""Descriptions of a run as plain values, compared before the run is resumed."""

from __future__ import annotations

from typing import Any


def difference(old: Any, new: Any, name: str = "") -> str:
    """The first value that differs between two descriptions, as `name old (now new)`; empty if they are equal."""
    if isinstance(old, dict) and isinstance(new, dict):
        parts = (difference(old.get(key), new.get(key), key) for key in sorted({**old, **new}))
        return next((part for part in parts if part), "")
    return "" if old == new else f"{name} {_shorten(old)} (now {_shorten(new)})"


def _shorten(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
