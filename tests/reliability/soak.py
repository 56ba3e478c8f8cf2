"""Many people through one process a stage: memory, open files and the seconds a person must not grow with the job."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commands import Command

TENTHS = 10


@dataclass(frozen=True)
class Point:
    """A part of a run: how many shards it ends with, and what it took."""

    shards: int
    memory: int  # greatest resident bytes
    files: int  # greatest number of open files
    seconds: float  # of the CPU, the mean shard


@dataclass(frozen=True)
class Growth:
    """The second half of a run against its first: 1 is flat."""

    stage: str
    shards: int
    memory: tuple[int, int]  # greatest resident bytes in each half
    files: tuple[int, int]  # greatest number of open files in each half
    seconds: float  # of the CPU, a shard of the second half by one of the first
    curve: tuple[Point, ...]


def soak(stage: str, words: list[str], output: Path, folder: Path) -> Growth:
    """Run a stage that writes many shards into a folder, and watch it. Raises AssertionError if it fails."""
    command = Command([*words, "-o", str(output)], folder)
    process = Path("/proc") / str(command.pid)
    seen: list[Seen] = []
    while command.is_running:
        count = len(list(output.glob("*.h5"))) if output.exists() else 0
        try:
            seen.append(_look(process, count))
        except (OSError, IndexError):
            break
        time.sleep(0.02)
    ended = command.wait()
    assert ended.code == 0, ended.stderr
    total = len(list(output.glob("*.h5")))
    parts = [list(_parts(seen, total, count)) for count in (2, TENTHS)]
    (low, high), curve = parts
    return Growth(
        stage, total, (low.memory, high.memory), (low.files, high.files), high.seconds / low.seconds, tuple(curve)
    )


@dataclass(frozen=True)
class Seen:
    """A look at a running process: shards that it has finished, resident bytes, open files, seconds of the CPU."""

    shards: int
    memory: int
    files: int
    seconds: float


def _look(process: Path, shards: int) -> Seen:
    memory = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    times = (process / "stat").read_text().rpartition(")")[2].split()[11:13]  # user and system
    return Seen(shards, memory, len(list((process / "fd").iterdir())), sum(map(int, times)) / os.sysconf("SC_CLK_TCK"))


def _parts(seen: list[Seen], total: int, count: int) -> Iterator[Point]:
    """So many equal parts of a run, from its first shard on: what comes before is the start of the process."""
    for part in range(count):
        first, last = max(1, part * total // count), (part + 1) * total // count
        looks = [look for look in seen if first <= look.shards <= last]
        shards = max(1, looks[-1].shards - looks[0].shards)
        seconds = (looks[-1].seconds - looks[0].seconds) / shards
        yield Point(last, max(look.memory for look in looks), max(look.files for look in looks), seconds)
