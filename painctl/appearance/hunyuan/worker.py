"""A program in its own process group that takes requests as lines of JSON on stdin and responds on stdout."""

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

_LONGEST = 1 << 16  # bytes of a response
_INVALID = "sent an invalid response"


class WorkerDied(Exception):
    """The program has ended; the message says how."""


class Worker:
    """The running program; `close` ends it and everything it started."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path | None) -> None:
        """Start it in `folder`, with its stderr in the file `log` or on painctl's stderr."""
        self._log, self._unread = log, b""
        with contextlib.ExitStack() as files:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=files.enter_context(log.open("wb")) if log else None,
                start_new_session=True,  # Ctrl-C reaches painctl alone, which ends the worker
            )

    def request(self, request: Mapping[str, str]) -> None:
        """Send a request. Raises WorkerDied."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise WorkerDied(self._end()) from None

    def response(self, seconds: float) -> dict[str, Any]:
        """The next response. Raises WorkerDied, or TimeoutError if there is none within `seconds`."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + seconds
        while b"\n" not in self._unread:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            # its children may hold its stdout open after its death: check for that twice a second
            ready = wait([self._process.stdout.fileno()], min(left, 0.5))
            chunk = os.read(self._process.stdout.fileno(), _LONGEST) if ready else b""
            if not chunk and (ready or self.has_died()):
                raise WorkerDied(self._end())
            self._unread += chunk
            if len(self._unread) > _LONGEST:
                raise WorkerDied(_INVALID)
        line, _, self._unread = self._unread.partition(b"\n")
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError):
            raise WorkerDied(_INVALID) from None

    def has_died(self) -> bool:
        """Whether the program has ended by itself. It is not reaped, so that its process group's id is not reused."""
        if self._process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def close(self) -> None:
        """Kill it and everything it started."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # unsent data
                stream.close()  # type: ignore[union-attr]

    def _end(self) -> str:
        """How it ended, with the last line of its log."""
        status = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        if status is not None and status.si_code != os.CLD_EXITED:
            name = signal.Signals(status.si_status).name
            return f"was killed by {name}" + ("; the machine may be short of memory" if name == "SIGKILL" else "")
        last = f" (last output: {line})" if (line := self._last_line()) else ""
        return f"ended with exit code {status.si_status if status else 0}{last}"

    def _last_line(self) -> str:
        if not self._log:
            return ""
        with self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - 4096))
            lines = [" ".join(line.split()) for line in file.read().decode(errors="replace").splitlines()]
        return next((line[:200] for line in reversed(lines) if line), "")
