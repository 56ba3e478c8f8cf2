"""The records of an unfinished run of predict, in a file from which the same run is resumed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from painctl.files.text import json_text
from painctl.records import UsageError

_HEADER, _END = "painctl_predict_run", "painctl_source_complete"  # keys that no record has


@dataclass
class Part:
    """The records of one source."""

    records: list[dict[str, Any]] = field(default_factory=list)
    is_complete: bool | None = None  # of a source that was finished, `Source.is_complete`; else None


class Journal:
    """Records as they are made, one JSON object per line, readable by the owner alone; written at once.

    A line that was cut off by the end of a process is dropped.
    """

    def __init__(self, path: Path, run: str) -> None:
        """Open the journal of the `run` that this text identifies, which begins if there is none at `path`.

        Raises UsageError for the journal of another run, OSError if it cannot be read or written.
        """
        self.path, self._next = path, 0
        self.parts: list[Part] = []
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        self._file: BinaryIO = os.fdopen(handle, "r+b")
        if not self._read(run):
            self._file.seek(0)
            self._file.truncate()
            self._line({_HEADER: run})

    @property
    def resumed(self) -> int:
        """The number of records of an earlier process."""
        return sum(len(part.records) for part in self.parts)

    def begin(self) -> Part:
        """What an earlier process wrote of the next source."""
        if self._next == len(self.parts):
            self.parts.append(Part())
        self._next += 1
        return self.parts[self._next - 1]

    def write(self, record: dict[str, Any]) -> None:
        """Add a record of the current source."""
        self._line(record)

    def end(self, is_complete: bool) -> None:
        """Note that the current source is finished."""
        self._line({_END: is_complete})

    def records(self) -> Iterator[dict[str, Any]]:
        """All records, in order."""
        self._file.seek(0)
        for line in self._file:
            record = json.loads(line)
            if _HEADER not in record and _END not in record:
                yield record

    def close(self) -> None:
        """Called after the last record; every one of them is in the file already."""

    def release(self) -> None:
        """Close the file, and keep it."""
        self._file.close()

    def delete(self) -> None:
        """Remove the file, once the records are where they belong."""
        self.release()
        self.path.unlink()

    def _read(self, run: str) -> bool:
        """Read what is there; False for a file without a header."""
        end = 0
        for number, line in enumerate(self._file):
            if not line.endswith(b"\n"):
                break
            value = self._parsed(line)
            if number == 0 and value.get(_HEADER) != run:
                raise UsageError(f"{self.path}: of a run with other inputs, options or model; delete it to begin again")
            if _END in value:
                self._last().is_complete = bool(value[_END])
            elif number:
                self._last().records.append(value)
            end += len(line)
        self._file.seek(end)
        self._file.truncate()
        return end > 0

    def _parsed(self, line: bytes) -> dict[str, Any]:
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise ValueError(f"{self.path}: damaged; delete it to begin again")
        return value

    def _last(self) -> Part:
        """The part that is not finished, a new one if there is none."""
        if not self.parts or self.parts[-1].is_complete is not None:
            self.parts.append(Part())
        return self.parts[-1]

    def _line(self, value: dict[str, Any]) -> None:
        self._file.write(json_text(value).encode() + b"\n")
        self._file.flush()


def identify_run(facts: Sequence[Any]) -> str:
    """A digest of what a run depends on, given as plain values."""
    return hashlib.sha256(json_text(list(facts)).encode()).hexdigest()
