"""What is wrong with somebody else's dataset: listed by kind, with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 3  # of each kind


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `kind` in words that many share, `where` a file or frame, `detail` of this one."""

    kind: str
    where: str
    detail: str = ""


def told(faults: Iterable[Fault]) -> list[str]:
    """Lines: each kind with its count and its first few."""
    found = list(faults)
    lines = []
    for kind, count in Counter(fault.kind for fault in found).items():
        some = [fault for fault in found if fault.kind == kind][:SHOWN]
        shown = ", ".join(f"{fault.where} ({fault.detail})" if fault.detail else fault.where for fault in some)
        lines.append(f"{count} {kind}: {shown}{', ...' if count > SHOWN else ''}")
    return lines
