"""Faults in a third-party dataset, listed by kind with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from painctl.files.names import printable

SHOWN = 3  # of each kind
_LONGEST = 120  # characters of a reason
_LEFT_OUT = ", left out"
_MOST_LEFT_OUT = 0.1


@dataclass(frozen=True)
class Fault:
    """One fault: its `kind`, worded to follow a count; `where`, a file or frame; and a `detail` of this one."""

    kind: str
    where: str
    detail: str = ""


def summarise(faults: Iterable[Fault], shown: int = SHOWN) -> list[str]:
    """One line for each kind, with its count and the first few."""
    listed = list(faults)
    lines = []
    for kind, count in Counter(fault.kind for fault in listed).items():
        first = [fault for fault in listed if fault.kind == kind][:shown]
        examples = ", ".join(f"{fault.where} ({fault.detail})" if fault.detail else fault.where for fault in first)
        lines.append(f"{count} {kind}: {examples}{', ...' if count > shown else ''}")
    return lines


def is_incomplete(faults: Iterable[Fault], frames: int, people: int) -> bool:
    """Whether a tenth or more of a corpus was left out, of whose frames and people so many can be used.

    What was left out is people, or else files and frames, each of which counts as one frame.
    """
    kinds = [fault.kind for fault in faults if fault.kind.endswith(_LEFT_OUT)]
    absent = sum(kind.startswith("people") for kind in kinds)
    others = len(kinds) - absent
    return absent >= _MOST_LEFT_OUT * (people + absent) > 0 or others >= _MOST_LEFT_OUT * (frames + others) > 0


def reason(error: Exception, path: Path) -> str:
    """Why a file cannot be used, for the detail of a fault that names it: the error without the path, printable."""
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return "a link to a file that does not exist"
    text = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
    for name in (str(path), path.name):
        text = text.removeprefix(f"{name}: ")
    text = printable(" ".join(text.split()))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def unusable(corpus: Path, what: str, faults: Iterable[Fault], advice: str = "") -> ValueError:
    """The error for a corpus that cannot be used: `what` is wrong, each kind of fault with an example, and advice."""
    kinds = [line.replace(_LEFT_OUT, "", 1) for line in summarise(faults, shown=1)]
    return ValueError("; ".join([f"{printable(corpus)}: {what}", *kinds, *([advice] if advice else [])]))
