"""Many people through one process a stage: memory, open files and the seconds a person must not grow with the job."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from commands import Command


@dataclass(frozen=True)
class Growth:
    """The second half of a run against its first: 1 is flat."""

    stage: str
    shards: int
    memory: tuple[int, int]  # greatest resident bytes in each half
    files: tuple[int, int]  # greatest number of open files in each half
    seconds: float  # of the median shard in the second half, by that of the first


def soak(stage: str, words: list[str], output: Path, folder: Path) -> Growth:
    """Run a stage that writes many shards into a folder, and watch it. Raises AssertionError if it fails."""
    command = Command([*words, "-o", str(output)], folder)
    process = Path("/proc") / str(command.pid)
    memory, files, made = [], [], []
    while command.is_running:
        try:
            pages = int((process / "statm").read_text().split()[1])
            opened = len(list((process / "fd").iterdir()))
        except OSError:
            break
        memory.append((time.monotonic(), pages * 4096))
        files.append((time.monotonic(), opened))
        count = len(list(output.glob("*.h5"))) if output.exists() else 0
        made += [time.monotonic()] * (count - len(made))
        time.sleep(0.05)
    ended = command.wait()
    assert ended.code == 0, ended.stderr
    return Growth(stage, len(made), _halves(memory, made), _halves(files, made), _slowing(made))


def _halves(values: list[tuple[float, int]], made: list[float]) -> tuple[int, int]:
    """The greatest values between the first shard and the middle one, and from there to the last."""
    first, middle, last = made[0], made[len(made) // 2], made[-1]
    return (
        max(value for when, value in values if first <= when <= middle),
        max(value for when, value in values if middle <= when <= last),
    )


def _slowing(made: list[float]) -> float:
    steps = [later - earlier for earlier, later in pairwise(made)]
    middle = len(steps) // 2
    first, second = sorted(steps[:middle]), sorted(steps[middle:])
    return second[len(second) // 2] / first[len(first) // 2]
