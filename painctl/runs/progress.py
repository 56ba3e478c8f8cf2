"""A line per epoch of a training: on stderr where no progress bar is shown, and in a log file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from painctl.files.publish import atomic_write
from painctl.records import Reporter
from painctl.runs.processes import is_main


class Pace:
    """Counts the finished of `total` equal steps; those of an earlier process are skipped, since they took no time."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._start = clock, clock()
        self._remaining, self._finished = total, 0

    def skip(self, steps: int) -> None:
        """Leave out steps that were finished earlier."""
        self._remaining -= steps

    def step(self) -> str:
        """Count a step as finished: `H:MM:SS elapsed, H:MM:SS remaining` at the mean speed so far."""
        self._remaining -= 1
        self._finished += 1
        elapsed = self._clock() - self._start
        remaining = elapsed / self._finished * self._remaining
        return f"{_duration(elapsed)} elapsed, {_duration(remaining)} remaining"


def _duration(seconds: float) -> str:
    minutes, second = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"


class EpochLines:
    """Reports each epoch of `total` over all trainings of a command, once, also if a training is resumed."""

    def __init__(self, reporter: Reporter, total: int) -> None:
        self._reporter, self._pace = reporter, Pace(total)
        self._repeated = 0
        self._file: Path | None = None
        reporter.expect(total)

    def begin(self, epochs: int, file: Path | None = None) -> None:
        """A training begins of which `epochs` epochs are finished; their rows come again first.

        With a `file`, a line per epoch is appended to it. Lines of epochs that must be repeated, because they were
        finished after the state was last saved, are removed.
        """
        self._repeated, self._file = epochs, file
        self._pace.skip(epochs)
        if file and is_main():
            lines = file.read_text(errors="replace").splitlines(keepends=True) if epochs and file.exists() else []
            atomic_write(file, "".join(lines[:epochs]).encode())

    def epoch(self, text: str) -> None:
        """An epoch is finished; `text` describes it."""
        self._reporter.tick()
        if self._repeated:
            self._repeated -= 1
        elif is_main():
            line = f"{text}, {self._pace.step()}"
            self._reporter.log(line)
            self._append(line)

    def note(self, text: str) -> None:
        """Something else to report."""
        if is_main():
            self._reporter.log(text)
            self._append(text)

    def _append(self, line: str) -> None:
        if self._file:
            with self._file.open("a") as file:
                file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")


def epoch_text(row: Mapping[str, Any], epochs: int) -> str:
    """The epoch of a log's row, its loss, and the PCC on the validation people, if it is defined."""
    text = f"epoch {row['epoch']} of {epochs}, loss {row['loss']:.3f}"
    pcc = row.get("validation_pcc")
    return text if pcc is None else f"{text}, validation PCC {pcc:.3f}"
