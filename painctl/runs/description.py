"""What makes a run this run and no other, as plain values."""

from __future__ import annotations

from typing import Any


def difference(old: Any, new: Any, name: str = "") -> str:
    """The first thing in which two descriptions differ, as `name old (now new)`; empty if they do not."""
    if isinstance(old, dict) and isinstance(new, dict):
        parts = (difference(old.get(key), new.get(key), key) for key in sorted({**old, **new}))
        return next((part for part in parts if part), "")
    return "" if old == new else f"{name} {_short(old)} (now {_short(new)})"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
