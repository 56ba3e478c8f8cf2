"""Many people through one process per stage: memory, open files and time per person must not grow with the run."""

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
    """A part of a run: the number of shards at its end, and the resources it used."""

    shards: int
    memory: int  # greatest resident bytes
    files: int  # greatest number of open files
    seconds: float  # of CPU time, mean per shard


@dataclass(frozen=True)
class Growth:
    """The two halves of a run compared, and its curve."""

    stage: str
    shards: int
    memory: tuple[int, int]  # greatest resident bytes in each half
    files: tuple[int, int]  # greatest number of open files in each half
    seconds: float  # CPU time per shard in the second half, relative to the first
    curve: tuple[Point, ...]


def soak(stage: str, words: list[str], output: Path, folder: Path) -> Growth:
    """Run a stage that writes many shards into a folder, measuring it meanwhile. Raises AssertionError if it fails."""
    command = Command([*words, "-o", str(output)], folder)
    process = Path("/proc") / str(command.pid)
    samples: list[Sample] = []
    while command.is_running:
        count = len(list(output.glob("*.h5"))) if output.exists() else 0
        try:
            samples.append(_measure(process, count))
        except (OSError, IndexError):
            break
        time.sleep(0.02)
    ended = command.wait()
    assert ended.code == 0, ended.stderr
    total = len(list(output.glob("*.h5")))
    parts = [list(_parts(samples, total, count)) for count in (2, TENTHS)]
    (low, high), curve = parts
    return Growth(
        stage, total, (low.memory, high.memory), (low.files, high.files), high.seconds / low.seconds, tuple(curve)
    )


@dataclass(frozen=True)
class Sample:
    """A measurement of a running process: finished shards, resident bytes, open files, seconds of CPU time."""

    shards: int
    memory: int
    files: int
    seconds: float


def _measure(process: Path, shards: int) -> Sample:
    memory = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    times = (process / "stat").read_text().rpartition(")")[2].split()[11:13]  # user and system
    seconds = sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return Sample(shards, memory, len(list((process / "fd").iterdir())), seconds)


def _parts(samples: list[Sample], total: int, count: int) -> Iterator[Point]:
    """`count` equal parts of a run, from its first shard on; what comes before is the start of the process."""
    for part in range(count):
        first, last = max(1, part * total // count), (part + 1) * total // count
        inside = [sample for sample in samples if first <= sample.shards <= last]
        shards = max(1, inside[-1].shards - inside[0].shards)
        seconds = (inside[-1].seconds - inside[0].seconds) / shards
        yield Point(last, max(sample.memory for sample in inside), max(sample.files for sample in inside), seconds)
