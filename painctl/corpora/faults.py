"""Faults in a third-party dataset, listed by kind with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from painctl.files.names import printable

SHOWN = 3  # of each kind
_LONGEST = 120  # characters of a reason
_LEFT_OUT = ", left out"
_MOST_LEFT_OUT = 0.1


class Scope(Enum):
    """What a fault leaves out."""

    FRAME = "frame"
    RECORDING = "recording"  # a video, or a sequence of pictures
    PERSON = "person"


@dataclass(frozen=True)
class Fault:
    """One fault: its `kind`, worded to follow a count; `where`, a file or frame; and a `detail` of this one.

    It leaves out `count` of its `scope`; without one, a frame, or nothing, as the end of `kind` says.
    """

    kind: str
    where: str
    detail: str = ""
    scope: Scope | None = None
    count: int = 1

    @property
    def lost(self) -> Scope | None:
        """What it leaves out; None if it leaves out nothing."""
        return self.scope or (Scope.FRAME if self.kind.endswith(_LEFT_OUT) else None)


def summarise(faults: Iterable[Fault], shown: int = SHOWN) -> list[str]:
    """One line for each kind, with its count and the first few."""
    listed = list(faults)
    lines = []
    for kind, count in Counter(fault.kind for fault in listed).items():
        first = [fault for fault in listed if fault.kind == kind][:shown]
        examples = ", ".join(f"{fault.where} ({fault.detail})" if fault.detail else fault.where for fault in first)
        lines.append(f"{count} {kind}: {examples}{', ...' if count > shown else ''}")
    return lines


def is_incomplete(faults: Iterable[Fault], names: Sequence[str], subject: Sequence[str]) -> bool:
    """Whether faults left out a tenth or more of the frames, of the recordings or of the people of a corpus.

    `names` are those of the frames that are used, PERSON/RECORDING/FRAME or less, and `subject` their people.
    """
    used = {
        Scope.FRAME: len(names),
        Scope.RECORDING: len({name.rpartition("/")[0] for name in names}),
        Scope.PERSON: len(set(subject)),
    }
    lost = Counter[Scope]()
    for fault in faults:
        if fault.lost:
            lost[fault.lost] += fault.count
    return any(count >= _MOST_LEFT_OUT * (used[scope] + count) for scope, count in lost.items())


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
