import contextlib
import os
import time

import pytest

from painctl.appearance.hunyuan.child import Child, Died


@pytest.fixture
def child(tmp_path):
    """Start a shell program as a Child; it is ended with the test."""
    with contextlib.ExitStack() as running:

        def child(program):
            started = Child(["sh", "-c", program], tmp_path, os.environ, tmp_path / "log")
            running.callback(started.close)
            return started

        yield child


def test_it_is_asked_and_answers(child):
    echo = child('while read line; do echo "{\\"heard\\": $line}"; done')
    for number in ("1", "2"):
        echo.ask({"number": number})
        assert echo.answer(10) == {"heard": {"number": number}}


def test_two_answers_at_once_come_one_after_the_other(child):
    both = child('printf \'{"a": 1}\\n{"a": 2}\\n\'; sleep 9')
    assert [both.answer(10)["a"], both.answer(10)["a"]] == [1, 2]


def test_it_is_waited_for_so_long_and_no_longer(child):
    with pytest.raises(TimeoutError):
        child("sleep 9").answer(0.2)


@pytest.mark.parametrize(
    ("program", "how"),
    [
        ("exit 0", "ended with exit code 0$"),
        ("echo; echo '  torn   canvas' >&2; echo >&2; exit 3", "gave an answer that is none"),
        ("echo '  torn   canvas' >&2; echo >&2; exit 3", "ended with exit code 3 after saying: torn canvas$"),
        ("kill -SEGV $$", "was killed by SIGSEGV$"),
        ("kill -KILL $$", "was killed by SIGKILL; the machine may be short of memory$"),
        ("echo '[1]'", "gave an answer that is none"),
        ("head -c 100000 /dev/zero; sleep 9", "gave an answer that is none"),
    ],
)
def test_its_end_is_told(child, program, how):
    with pytest.raises(Died, match=how):
        child(program).answer(10)


def test_who_holds_its_stdout_open_does_not_hide_that_it_died(child):
    begun = time.monotonic()
    with pytest.raises(Died, match="exit code 4"):
        child("sleep 30 & exit 4").answer(20)
    assert time.monotonic() - begun < 10


def test_asking_the_dead_is_told_too(child):
    dead = child("exit 5")
    while not dead.has_died():
        time.sleep(0.01)
    with pytest.raises(Died, match="exit code 5"):
        for _ in range(2):
            dead.ask({})
            dead.answer(5)


def test_closing_ends_what_it_started_though_it_ended_itself(child, tmp_path):
    parent = child("sleep 60 & echo $! > pid; exit 0")
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
    raise AssertionError("it still sleeps")
