"""Merge the histories of shards that were made with different options."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

History = list[dict[str, Any]]

_LISTED = 100  # values of an option; if there are more, only their number is kept


def merge(histories: Iterable[tuple[str, History]], mix: bool = False) -> History:
    """One history for shards (name, history): the common options of each step, and the values of others as `varied`.

    The first step may differ, so that samples with other seeds or demographics can be combined. Later steps must
    agree, or frames would differ systematically between people, unless `mix` allows it. Raises ValueError that names
    two shards and the option that differs.
    """
    distinct: dict[str, tuple[str, History]] = {}
    for name, history in histories:
        distinct.setdefault(json.dumps(history, sort_keys=True), (name, history))
    (first, reference), *others = distinct.values()
    for name, history in others:
        stages, expected = ([step["stage"] for step in steps] for steps in (history, reference))
        if stages != expected:
            raise ValueError(f"{first} was made by {' | '.join(expected)}, {name} by {' | '.join(stages)}")
        for first_step, step in zip(reference[1:], history[1:], strict=True):
            for option in sorted(first_step.keys() | step.keys()):
                first_value, value = first_step.get(option), step.get(option)
                if first_value != value and not mix:
                    raise ValueError(
                        f"{step['stage']} had {option} {first_value} in {first} and {value} in {name}; --mix packs both"
                    )
    return [_merge_steps(steps) for steps in zip(*(history for _, history in distinct.values()), strict=True)]


def licences(history: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The licences that steps recorded for their output, and the stage of each."""
    stages: dict[str, str] = {}
    for step in history:
        texts = step.get("varied", {}).get("licence", step.get("licence"))
        stages |= {text: step["stage"] for text in (texts if isinstance(texts, list) else [texts]) if text}
    return stages


def _merge_steps(steps: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    values = {option: _distinct([step.get(option) for step in steps]) for option in sorted(set().union(*steps))}
    same = {option: distinct[0] for option, distinct in values.items() if len(distinct) == 1}
    varied = {
        option: distinct if len(distinct) <= _LISTED else f"{len(distinct)} values"
        for option, distinct in values.items()
        if len(distinct) > 1
    }
    return {**same, "varied": varied} if varied else same


def _distinct(values: list[Any]) -> list[Any]:
    distinct = [json.loads(text) for text in {json.dumps(value, sort_keys=True) for value in values}]
    numbers = all(isinstance(value, int | float) for value in distinct)
    return sorted(distinct, key=None if numbers else lambda value: json.dumps(value, sort_keys=True))
