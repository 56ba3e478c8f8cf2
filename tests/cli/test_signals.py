"""Signals from the first import on: no traceback, the documented exit code, nothing left behind."""

import random
import signal
import subprocess
import sys
import time

import pytest

PAINCTL = [sys.executable, "-c", "import sys; sys.argv[0] = 'painctl'; from painctl.cli.main import main; main()"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_signal_during_imports_is_silent(number):
    """Sent once painctl is being imported, which the tracing of imports shows; Python itself has begun before."""
    command = [PAINCTL[0], "-X", "importtime", *PAINCTL[1:]]
    generator = random.Random(int(number))
    for _ in range(3):
        process = subprocess.Popen(
            [*command, "sample-ids", "-n", "200"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        lines = iter(process.stderr.readline, b"")
        assert any(line.split()[-1] == b"painctl.cli" for line in lines)
        time.sleep(generator.uniform(0, 0.1))
        process.send_signal(number)
        rest = [line for line in lines if not line.startswith(b"import time:")]
        assert process.wait() in (-number, 128 + number)  # a shell reports both alike
        assert b"".join(rest) in (b"", b"painctl sample-ids: stopped; every output is complete or absent\n")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_is_ignored_from_the_start_stays_ignored(fresh_sh, chain, tmp_path, number):
    """As by nohup, and in the background jobs of a script."""
    name = number.name[3:]
    line = f"trap '' {name}; painctl render-depth --size 256 {chain}/ids.h5 -o out & pid=$!; "
    done = fresh_sh(line + f"for i in 1 2 3 4 5 6; do sleep 0.1; kill -{name} $pid; done; wait $pid")
    assert done.returncode == 0, done.stderr
    assert done.stdout == b"out/ids.h5\n"


def test_a_dropped_connection_leaves_nothing(fresh_sh, chain, tmp_path):
    """Two signals at once, as when a terminal is closed by its service; the spooled shard may show a person."""
    (tmp_path / "tmp").mkdir()
    line = f"(cat {chain}/frames.h5; sleep 3) | painctl predict & "
    wait = "until [ -n \"$(find tmp -name 'stdin*')\" ]; do sleep 0.1; done; "
    done = fresh_sh(f"set -m; {line}{wait}kill -HUP $!; kill -TERM $!; wait $!", env={"TMPDIR": str(tmp_path / "tmp")})
    assert done.returncode == 129
    assert b"Traceback" not in done.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", ["INT", "TERM"])
def test_a_signal_ends_the_processes_of_jobs_too(fresh_sh, chain, name):
    """Sent once they are there; the command is in the foreground of its own process group, as in a terminal."""
    begin = f"set -m; painctl render-views --size 512 -j 2 {chain}/faces.h5 -o out.h5 & pid=$!; "
    wait = 'until workers=$(cat /proc/$pid/task/$pid/children) && [ -n "$workers" ]; do sleep 0.1; done; '
    left = "for each in $workers; do [ -e /proc/$each ] && echo $each; done; exit $code"
    done = fresh_sh(f"{begin}{wait}kill -{name} -$pid; wait $pid; code=$?; {left}")
    assert done.returncode == {"INT": 130, "TERM": 143}[name], done.stderr
    assert done.stdout == b""
    lines = [line for line in done.stderr.splitlines() if not line.startswith(b"[1]")]  # bash's own, with set -m
    assert lines == [b"painctl render-views: stopped; every output is complete or absent"]
