"""The standard streams of a process, whatever the caller has made of them: closed, full, or without a reader."""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
from typing import Any


def prepare_streams() -> None:
    """Make stderr a stream that never fails, and keep files from getting the number of a closed standard stream."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # else a library that prints would print into the file that has got this number
    os.close(handle)
    with contextlib.suppress(OSError):
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(_Lossy(2, "w", closefd=False)), "utf-8", "backslashreplace")
        sys.stderr.reconfigure(line_buffering=True)


def flush_stdout() -> None:
    """Write out what stdout has buffered. Raises OSError; then nothing is left for the interpreter to fail on."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError as error:
        discard_stdout()
        error.filename = error.filename or "stdout"
        raise


def discard_stdout() -> None:
    """Send what stdout has buffered, and all that follows, to nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def has_reader() -> bool:
    """Whether anybody still reads our stdout."""
    poll = select.poll()
    poll.register(1, 0)
    return not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


class _Lossy(io.FileIO):
    """A file that drops what it cannot write: messages do not end a run whose terminal is gone."""

    def write(self, data: Any) -> int:
        with contextlib.suppress(OSError):
            super().write(data)
        return len(data)
