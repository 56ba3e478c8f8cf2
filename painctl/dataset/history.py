"""How a dataset was made, when its shards were not all made alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

History = list[dict[str, Any]]

_LISTED = 100


def merge(histories: Iterable[tuple[str, History]], mix: bool = False) -> History:
    """One history for shards (name, history): each step's common options, and the others' values under `varied`.

    The first step may differ, since people of several draws (another seed, another demography) make one dataset. The
    later ones must agree, or the frames of one person would differ in kind from another's, unless `mix` allows it.
    Raises ValueError that names two shards and the option they differ in.
    """
    distinct: dict[str, tuple[str, History]] = {}
    for name, history in histories:
        distinct.setdefault(json.dumps(history, sort_keys=True), (name, history))
    (first, model), *others = distinct.values()
    for name, history in others:
        stages, expected = ([step["stage"] for step in made] for made in (history, model))
        if stages != expected:
            raise ValueError(f"{first} was made by {' | '.join(expected)}, {name} by {' | '.join(stages)}")
        for step, other in zip(model[1:], history[1:], strict=True):
            for option in sorted(step.keys() | other.keys()):
                one, two = step.get(option), other.get(option)
                if one != two and not mix:
                    raise ValueError(
                        f"{step['stage']} had {option} {one} in {first} and {two} in {name}; --mix packs both"
                    )
    return [_merge_steps(steps) for steps in zip(*(history for _, history in distinct.values()), strict=True)]


def licences(history: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The licences that bind what was made, as steps recorded them, and the stage that each is of."""
    found: dict[str, str] = {}
    for step in history:
        texts = step.get("varied", {}).get("licence", step.get("licence"))
        found |= {text: step["stage"] for text in (texts if isinstance(texts, list) else [texts]) if text}
    return found


def _merge_steps(steps: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    values = {option: _distinct([step.get(option) for step in steps]) for option in sorted(set().union(*steps))}
    same = {option: found[0] for option, found in values.items() if len(found) == 1}
    varied = {
        option: found if len(found) <= _LISTED else f"{len(found)} values"
        for option, found in values.items()
        if len(found) > 1
    }
    return {**same, "varied": varied} if varied else same


def _distinct(values: list[Any]) -> list[Any]:
    found = [json.loads(text) for text in {json.dumps(value, sort_keys=True) for value in values}]
    numbers = all(isinstance(value, int | float) for value in found)
    return sorted(found, key=None if numbers else lambda value: json.dumps(value, sort_keys=True))
