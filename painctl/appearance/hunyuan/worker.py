"""A program in a process group of its own, asked by lines of JSON on its stdin and answering on its stdout."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

_LONGEST = 1 << 16  # bytes of an answer
_NO_ANSWER = "gave an answer that is none"


class Died(Exception):
    """The program has ended, and how."""


class Child:
    """The program while it runs; `close` ends it with all that it started."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path | None) -> None:
        """Start it in `folder`. What it says on stderr goes to the file `log`, or to our own stderr."""
        self._log, self._unread = log, b""
        with contextlib.ExitStack() as files:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=files.enter_context(log.open("wb")) if log else None,
                start_new_session=True,  # a Ctrl-C is ours to pass on
            )

    def ask(self, question: Mapping[str, str]) -> None:
        """Send one question. Raises Died."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Died(self._end()) from None

    def answer(self, seconds: float) -> dict[str, Any]:
        """The next answer. Raises Died, or TimeoutError when there is none within `seconds`."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + seconds
        while b"\n" not in self._unread:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = wait(
                [self._process.stdout.fileno()], min(left, 0.5)
            )  # what it started may hold its stdout open: look
            piece = os.read(self._process.stdout.fileno(), _LONGEST) if ready else b""
            if not piece and (ready or self.has_died()):
                raise Died(self._end())
            self._unread += piece
            if len(self._unread) > _LONGEST:
                raise Died(_NO_ANSWER)
        line, _, self._unread = self._unread.partition(b"\n")
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError):
            raise Died(_NO_ANSWER) from None

    def has_died(self) -> bool:
        """Whether the program has ended by itself. It is not reaped, so that its group's number stays its own."""
        if self._process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def close(self) -> None:
        """End it and whatever it started, at once."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was still to be sent to it
                stream.close()  # type: ignore[union-attr]

    def _end(self) -> str:
        """How it ended, in words, with the last thing it said."""
        told = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        if told is not None and told.si_code != os.CLD_EXITED:
            name = signal.Signals(told.si_status).name
            return f"was killed by {name}" + ("; the machine may be short of memory" if name == "SIGKILL" else "")
        said = f" after saying: {last}" if (last := self._last_words()) else ""
        return f"ended with exit code {told.si_status if told else 0}{said}"

    def _last_words(self) -> str:
        if not self._log:
            return ""
        with self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - 4096))
            lines = [" ".join(line.split()) for line in file.read().decode(errors="replace").splitlines()]
        return next((line[:200] for line in reversed(lines) if line), "")
