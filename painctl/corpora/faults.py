"""Faults in a third-party dataset, listed by kind with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 3  # of each kind


@dataclass(frozen=True)
class Fault:
    """One fault: its `kind`, worded to follow a count; `where`, a file or frame; and a `detail` of this one."""

    kind: str
    where: str
    detail: str = ""


def summarise(faults: Iterable[Fault]) -> list[str]:
    """One line for each kind, with its count and the first few."""
    listed = list(faults)
    lines = []
    for kind, count in Counter(fault.kind for fault in listed).items():
        first = [fault for fault in listed if fault.kind == kind][:SHOWN]
        shown = ", ".join(f"{fault.where} ({fault.detail})" if fault.detail else fault.where for fault in first)
        lines.append(f"{count} {kind}: {shown}{', ...' if count > SHOWN else ''}")
    return lines
