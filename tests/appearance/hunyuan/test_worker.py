import contextlib
import os
import time

import pytest

from painctl.appearance.hunyuan.worker import Worker, WorkerDied


@pytest.fixture
def worker(tmp_path):
    """Start a shell program as a Worker; it is ended with the test."""
    with contextlib.ExitStack() as running:

        def worker(program):
            started = Worker(["sh", "-c", program], tmp_path, os.environ, tmp_path / "log")
            running.callback(started.close)
            return started

        yield worker


def test_it_responds_to_requests(worker):
    echo = worker('while read line; do echo "{\\"heard\\": $line}"; done')
    for number in ("1", "2"):
        echo.request({"number": number})
        assert echo.response(10) == {"heard": {"number": number}}


def test_responses_that_arrive_together_are_returned_one_by_one(worker):
    two_at_once = worker('printf \'{"a": 1}\\n{"a": 2}\\n\'; sleep 9')
    assert [two_at_once.response(10)["a"], two_at_once.response(10)["a"]] == [1, 2]


def test_waiting_for_a_response_has_a_time_limit(worker):
    with pytest.raises(TimeoutError):
        worker("sleep 9").response(0.2)


@pytest.mark.parametrize(
    ("program", "how"),
    [
        ("exit 0", "ended with exit code 0$"),
        ("echo; echo '  torn   canvas' >&2; echo >&2; exit 3", "sent an invalid response"),
        ("echo '  torn   canvas' >&2; echo >&2; exit 3", r"ended with exit code 3 \(last output: torn canvas\)$"),
        ("kill -SEGV $$", "was killed by SIGSEGV$"),
        ("kill -KILL $$", "was killed by SIGKILL; the machine may be short of memory$"),
        ("echo '[1]'", "sent an invalid response"),
        ("head -c 100000 /dev/zero; sleep 9", "sent an invalid response"),
    ],
)
def test_its_end_is_reported(worker, program, how):
    with pytest.raises(WorkerDied, match=how):
        worker(program).response(10)


def test_its_death_is_noticed_although_its_child_holds_stdout_open(worker):
    start = time.monotonic()
    with pytest.raises(WorkerDied, match="exit code 4"):
        worker("sleep 30 & exit 4").response(20)
    assert time.monotonic() - start < 10


def test_a_request_to_a_dead_worker_fails(worker):
    dead = worker("exit 5")
    while not dead.has_died():
        time.sleep(0.01)
    with pytest.raises(WorkerDied, match="exit code 5"):
        for _ in range(2):
            dead.request({})
            dead.response(5)


def test_closing_a_dead_worker_ends_its_children(worker, tmp_path):
    parent = worker("sleep 60 & echo $! > pid; exit 0")
    while not parent.has_died():
        time.sleep(0.01)
    pid = (tmp_path / "pid").read_text().strip()
    parent.close()
    for _ in range(100):
        with contextlib.suppress(OSError):
            if " Z " not in open(f"/proc/{pid}/stat").read():  # noqa: PTH123, SIM115
                time.sleep(0.05)
                continue
        return
    raise AssertionError("its child is still running")
