"""Counts of the people and expressions in a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from painctl.dataset.split import Stratum
from painctl.pain.other_actions import parts
from painctl.records import SPLITS

Counts = dict[str, list[int]]  # label -> one count per split


@dataclass(frozen=True)
class Member:
    """The properties of a person that a census counts."""

    stratum: Stratum
    split: int  # row of SPLITS
    scores: tuple[int, ...]  # PSPI of each expression, the neutral first
    views: int  # frames of each expression
    others: tuple[str, ...] = ()  # other facial actions of each expression, as in smile+look-left


def count(members: Sequence[Member], labels: Callable[[Member], Iterable[str]]) -> Counts:
    """How often each label occurs in each split; labels sorted, numbers by value."""
    splits = [Counter(label for m in members if m.split == row for label in labels(m)) for row in range(len(SPLITS))]
    labels_in_order = sorted(set().union(*splits), key=lambda label: (int(label) if label.isdigit() else 0, label))
    return {label: [counter[label] for counter in splits] for label in labels_in_order}


def pspi(members: Sequence[Member]) -> Counts:
    """Expressions by PSPI, excluding neutral ones."""
    return count(members, lambda member: map(str, member.scores[1:]))


def others(members: Sequence[Member]) -> Counts:
    """Expressions with each other facial action."""
    return count(members, lambda member: (action for names in member.others for action in parts(names)))


def people(members: Sequence[Member]) -> Counts:
    """People: all, then by age group, gender and ethnicity."""
    counts = count(members, lambda _: ["all"])
    for field in range(3):
        counts |= count(members, lambda member, field=field: [member.stratum[field]])  # type: ignore[misc]
    return counts


def summary(members: Sequence[Member]) -> dict[str, Any]:
    """Total counts, people per split, and expressions by PSPI excluding neutral ones."""
    return {
        "identities": len(members),
        "expressions": sum(len(member.scores) for member in members),
        "neutral": len(members),
        "frames": sum(len(member.scores) * member.views for member in members),
        "splits": dict(zip(SPLITS, count(members, lambda _: ["all"])["all"], strict=True)),
        "pspi": {score: sum(counts) for score, counts in pspi(members).items()},
        **({"other": {action: sum(counts) for action, counts in others(members).items()}} if others(members) else {}),
    }
