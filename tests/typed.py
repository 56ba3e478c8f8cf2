"""Run painctl command lines in processes of their own, without each importing torch and transformers again.

A server process that has imported them forks for each command. The child has its own folder, environment, streams,
signal handlers and exit code, and can be killed like any other process.
"""

import json
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

IMPORTED = (
    "painctl.cli.main",  # first: it chooses the kernels of numpy and OpenCV
    "accelerate",
    "dlib",
    "matplotlib.figure",
    "peft",
    "scipy.stats",
    "sklearn.metrics",
    "painctl.stages.cv",
    "painctl.prediction.sheet",
    "painctl.stages.pretrain",
    "painctl.vitpain.released_checkpoint",
)


@dataclass
class Completed:
    """The result of a command, like `subprocess.CompletedProcess`, with output as bytes."""

    returncode: int
    stdout: bytes
    stderr: bytes


class CommandServer:
    """Runs commands, one at a time."""

    def __init__(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(Path(__file__))]
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def start(self, words, folder, environment=None) -> int:
        """Start `painctl` with these arguments in a folder; returns its process id. Call `finish` next."""
        inherited = {name: value for name, value in os.environ.items() if name != "PAINCTL_MODEL"}
        streams = [f"{folder}.{name}" for name in ("stdout", "stderr")]  # beside the folder, whose contents tests check
        variables = {**inherited, "OMP_NUM_THREADS": "1", **(environment or {})}
        request = {
            "words": list(map(str, words)),
            "folder": str(folder),
            "streams": streams,
            "environment": variables,
        }
        self._streams = streams
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def finish(self) -> Completed:
        """Wait for the started command; a negative exit code is the signal that killed it."""
        code = int(self._server.stdout.readline())
        return Completed(code, *(Path(stream).read_bytes() for stream in self._streams))

    def run(self, words, folder, environment=None) -> Completed:
        """Run `painctl` with these arguments in a folder."""
        self.start(words, folder, environment)
        return self.finish()

    def stop(self) -> None:
        self._server.kill()
        self._server.wait()


@pytest.fixture(scope="session")
def command_server():
    server = CommandServer()
    yield server
    server.stop()


def serve() -> None:
    """In the server: read a request per line, and reply with the process id and the exit code."""
    requests, replies = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for name in IMPORTED:
        import_module(name)
    for line in requests:
        pid = os.fork()
        if not pid:
            run_command(**json.loads(line))
        print(pid, file=replies, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=replies, flush=True)


def run_command(words, folder, streams, environment) -> None:
    """In the child: run `painctl` with these arguments, and exit."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate([os.devnull, *streams]):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["painctl", *words]
    code = 1
    try:
        from painctl.cli.main import main

        main()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
