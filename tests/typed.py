"""Run painctl command lines in processes of their own, without each importing torch and transformers again.

A server process that has imported them forks for each command. The child has its own folder, environment, streams,
signal handlers and exit code, and can be killed like any other process. Tests start it by `CommandServer.start`; shell
lines start it by the `painctl` in `CommandServer.programs`, which sends its streams to the server and waits.
"""

import fcntl
import gc
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from typed_client import MOST, send

IMPORTED = (
    "painctl.cli.main",  # first: it chooses the kernels of numpy and OpenCV
    "accelerate",
    "matplotlib.figure",
    "peft",
    "scipy.stats",
    "sklearn.metrics",
    "painctl.prediction.sheet",
    "painctl.vitpain.released_checkpoint",
    "transformers.models.dinov3_vit.modeling_dinov3_vit",
)
WHOLLY = ("painctl.stages", "painctl.engines")  # packages of which each module is imported
OPTIONAL = (
    "typer._adapters",  # some versions of typer import it, with pydantic, at the first option
    "diffusers.pipelines.kandinsky2_2",
)


@dataclass
class Completed:
    """The result of a command, like `subprocess.CompletedProcess`, with output as bytes."""

    returncode: int
    stdout: bytes
    stderr: bytes


class CommandServer:
    """Runs commands; its own methods run one at a time."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory()
        self.programs = Path(self._temporary.name)  # the folder of the `painctl` for shell lines
        self._address = self.programs / "socket"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._address))
        listener.listen(64)
        client = Path(__file__).with_name("typed_client.py").read_text()
        program = self.programs / "painctl"
        program.write_text(f"#!{sys.executable} -IS\n{client}")
        program.chmod(0o755)
        (self.programs / "pythonpath").write_text(os.environ.get("PYTHONPATH", ""))
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__)), str(listener.fileno())],
            stdin=subprocess.PIPE,  # closed when the tests end, whatever ends them
            stdout=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            pass_fds=[listener.fileno()],
        )
        listener.close()
        assert self._server.stdout.readline() == b"ready\n"  # in no test's time

    def start(self, words, folder, environment=None) -> int:
        """Start `painctl` with these arguments in a folder; returns its process id. Call `finish` next."""
        inherited = {name: value for name, value in os.environ.items() if name != "PAINCTL_MODEL"}
        variables = {**inherited, "OMP_NUM_THREADS": "1", **(environment or {})}
        # beside the folder, whose contents tests check
        self.streams = [Path(f"{folder}.{name}") for name in ("stdout", "stderr")]
        with Path(os.devnull).open() as nothing, self.streams[0].open("wb") as out, self.streams[1].open("wb") as err:
            files = {number: stream.fileno() for number, stream in enumerate((nothing, out, err))}
            self._answer = send(str(self._address), list(map(str, words)), str(folder), variables, files)
        return int(self._answer.readline())

    def finish(self) -> Completed:
        """Wait for the started command; a negative exit code is the signal that killed it."""
        with self._answer:
            code = int(self._answer.readline())
        return Completed(code, *(stream.read_bytes() for stream in self.streams))

    def run(self, words, folder, environment=None) -> Completed:
        """Run `painctl` with these arguments in a folder."""
        self.start(words, folder, environment)
        return self.finish()

    def stop(self) -> None:
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()
        self._temporary.cleanup()


@pytest.fixture(scope="session")
def command_server():
    server = CommandServer()
    yield server
    server.stop()


def serve(listener) -> None:
    """In the server: fork for each connection of `listener`, until stdin is closed."""
    for name in IMPORTED:
        import_module(name)
    for name in WHOLLY:
        for module in iter_modules(import_module(name).__path__, f"{name}."):
            import_module(module.name)
    for name in OPTIONAL:
        with suppress(ImportError):
            import_module(name)
    os.write(1, b"ready\n")
    gc.freeze()  # else the children copy what their collector touches
    while 0 not in select.select([0, listener], [], [])[0]:
        connection, _ = listener.accept()
        if not os.fork():
            listener.close()
            _answer(connection)
        connection.close()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _answer(connection) -> None:
    """In a child of the server: run the requested command in a child, and reply with its process id and exit code."""
    start, files, _, _ = socket.recv_fds(connection, 8, MOST)
    with connection.makefile("rb") as stream:
        request = json.loads(stream.read(int(start)))
    pid = os.fork()
    if not pid:
        connection.close()
        _take(dict(zip(request.pop("numbers"), files, strict=True)))
        _run(**request)
    for handle in files:
        os.close(handle)
    with suppress(BrokenPipeError):  # of a client that was killed
        connection.sendall(f"{pid}\n".encode())
        connection.sendall(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n".encode())
    os._exit(0)


def _take(files) -> None:
    """In that child: give received files their numbers in the command, and Python its standard streams."""
    above = {number: fcntl.fcntl(file, fcntl.F_DUPFD, 512) for number, file in files.items()}
    for file in (0, 1, 2, *files.values()):
        os.close(file)
    for number, file in above.items():
        os.dup2(file, number)
        os.close(file)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        errors = "backslashreplace" if name == "stderr" else None
        stream = os.fdopen(number, "w" if number else "r", errors=errors) if number in files else None
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)  # which keeps it open if the command replaces the first


def _run(words, folder, environment, mask) -> None:
    """In that child: run `painctl` with these arguments, and exit."""
    os.chdir(folder)
    os.umask(mask)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # that of the server
    sys.argv = ["painctl", *words]
    code = 1
    try:
        from painctl.cli.main import main

        main()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # closed, or no longer read
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
