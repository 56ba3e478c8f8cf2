"""painctl as it is typed, a process a command, without each one's importing torch and transformers anew.

A process that has imported them forks once for each command; the child has its own folder, environment, streams,
signals and exit code, and may be killed like any other.
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
    "accelerate",
    "dlib",
    "matplotlib.figure",
    "peft",
    "scipy.stats",
    "sklearn.metrics",
    "painctl.cli.main",
    "painctl.stages.cv",
    "painctl.prediction.sheet",
    "painctl.stages.pretrain",
    "painctl.vitpain.released_checkpoint",
)


@dataclass
class Done:
    """What a command left: bytes, as `subprocess` gives them."""

    returncode: int
    stdout: bytes
    stderr: bytes


class Typed:
    """Starts commands; one at a time."""

    def __init__(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(Path(__file__))]
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def start(self, words, folder, environment=None) -> int:
        """The id of the process of `painctl` with these words, in a folder; `finish` must follow."""
        kept = {name: value for name, value in os.environ.items() if name != "PAINCTL_MODEL"}
        streams = [f"{folder}.{name}" for name in ("stdout", "stderr")]  # beside it: the folder is looked at by tests
        whole = {**kept, "OMP_NUM_THREADS": "1", **(environment or {})}
        asked = {"words": list(map(str, words)), "folder": str(folder), "streams": streams, "environment": whole}
        self._streams = streams
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def finish(self) -> Done:
        """Wait for what was started; a negative exit code is that of a signal."""
        code = int(self._server.stdout.readline())
        return Done(code, *(Path(stream).read_bytes() for stream in self._streams))

    def run(self, words, folder, environment=None) -> Done:
        self.start(words, folder, environment)
        return self.finish()

    def end(self) -> None:
        self._server.kill()
        self._server.wait()


@pytest.fixture(scope="session")
def typed():
    server = Typed()
    yield server
    server.end()


def serve() -> None:
    requests, replies = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for name in IMPORTED:
        import_module(name)
    for line in requests:
        pid = os.fork()
        if not pid:
            become(**json.loads(line))
        print(pid, file=replies, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=replies, flush=True)


def become(words, folder, streams, environment) -> None:
    """Be `painctl` with these words, and end."""
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
