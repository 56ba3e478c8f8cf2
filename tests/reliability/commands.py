"""painctl commands as processes that can be killed, forked from a server that has imported what they need.

Without the start of Python, hundreds of trials fit into minutes.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from typed import IMPORTED

_PRELOADED = [
    *IMPORTED,
    "h5py",
    *(f"painctl.stages.{name}" for name in ("render_depth", "synth_neutral", "texture", "rig", "render_views", "pack")),
    "painctl.stages.sample_ids",
    "painctl.dataset.folder",
    "painctl.dataset.webdataset",
    "painctl.dataset.parquet",
    "painctl.stages.cv",
    "painctl.stages.pretrain",
    "painctl.vitpain.checkpoints",
]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([*_PRELOADED, __name__])


@dataclass(frozen=True)
class Result:
    """The result of a command: its exit code (minus the signal that killed it), and its output."""

    code: int
    stdout: bytes
    stderr: str
    seconds: float
    peak: int  # of its memory in bytes; 0 if it was killed


class Command:
    """`painctl` running with these arguments in a folder, whose subfolder `tmp` is its temporary directory."""

    def __init__(self, words: list[str], folder: Path, stdin: Path | None = None, memory: int = 0) -> None:
        """`memory` limits its address space, in bytes; 0 does not."""
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self._out, self._err, self._peak = (folder / name for name in ("stdout", "stderr", "peak"))
        self._begun = time.monotonic()
        arguments = (words, str(folder), str(stdin or os.devnull), memory)
        self._process = _context.Process(target=_run, args=arguments)
        self._process.start()

    @property
    def pid(self) -> int:
        """Process id; 0 if it could not be started."""
        return int(self._process.pid or 0)

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.is_alive()

    def send(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self._process.pid and self._process.is_alive():
            os.kill(self._process.pid, number)

    def wait(self, seconds: float = 300) -> Result:
        """Wait until it ends. Raises TimeoutError, after killing it, if it takes longer."""
        self._process.join(seconds)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
            raise TimeoutError(f"still running after {seconds} s: {self._err.read_text()}")
        seconds_taken = time.monotonic() - self._begun
        code = self._process.exitcode or 0
        outputs = [file.read_bytes() if file.exists() else b"" for file in (self._out, self._err)]
        peak = int(self._peak.read_text()) if self._peak.exists() else 0
        self._peak.unlink(missing_ok=True)
        return Result(code, outputs[0], outputs[1].decode(errors="replace"), seconds_taken, peak)


class Interpreter:
    """Like `Command`, in an interpreter of its own, which imports everything as a user's does."""

    def __init__(self, words: list[str], folder: Path, stdin: Path | None = None, to_reader: bool = False) -> None:
        """With `to_reader`, stdout is a pipe that nobody reads, and SIGPIPE is sent by closing it."""
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self._out, self._err = folder / "stdout", folder / "stderr"
        self._begun = time.monotonic()
        with (stdin or Path(os.devnull)).open("rb") as source, self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                [Path(sys.executable).with_name("painctl"), *words],
                cwd=folder,
                stdin=source,
                stdout=subprocess.PIPE if to_reader else out,
                stderr=err,
                env={**os.environ, "TMPDIR": str(self.temporary)},
            )

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.poll() is None

    def send(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if number == signal.SIGPIPE and self._process.stdout:
            self._process.stdout.close()
        else:
            self._process.send_signal(number)

    def wait(self, seconds: float = 300) -> Result:
        """Wait until it ends. Raises TimeoutError, after killing it, if it takes longer."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise TimeoutError(f"still running after {seconds} s: {self._err.read_text()}") from None
        return Result(code, self._out.read_bytes(), self._err.read_text(), time.monotonic() - self._begun, 0)


def run(words: list[str], folder: Path, stdin: Path | None = None) -> Result:
    """Run a command to its end."""
    return Command(words, folder, stdin).wait()


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a shell line with pipefail, in which every `painctl` is a fresh interpreter."""
    folder.mkdir(exist_ok=True)
    preamble = f'painctl() {{ "{sys.executable}" -m painctl "$@"; }}; set -o pipefail; '
    return subprocess.run(
        ["bash", "-c", preamble + line],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(folder), **environment},
    )


def _run(words: list[str], folder: str, stdin: str, memory: int) -> None:
    """In the forked process: streams, folder and command line as a shell would set them."""
    os.chdir(folder)
    for number, (path, flags) in enumerate(
        [(stdin, os.O_RDONLY), *((path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for path in ("stdout", "stderr"))]
    ):
        handle = os.open(path, flags, 0o644)
        os.dup2(handle, number)
        os.close(handle)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", closefd=False)  # noqa: SIM115
    os.environ["TMPDIR"] = str(Path(folder) / "tmp")
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.argv = ["painctl", *words]
    from painctl.cli.main import main

    try:
        main()
    finally:
        # of this process, and of the largest of those that it has started and waited for
        peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        Path(folder, "peak").write_text(str(1024 * sum(peaks)))
