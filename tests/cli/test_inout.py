import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from painctl.cli.errors import guarded
from painctl.cli.inout import each_shard, task_slice
from painctl.files.signals import SIGNALS
from painctl.records import Reported, UsageError


@pytest.fixture
def slurm(monkeypatch):
    def slurm(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"SLURM_ARRAY_TASK_{name}", str(value))

    return slurm


def test_without_a_task_all_is_done():
    assert task_slice(None) == (0, 1)


def test_the_option_wins(slurm):
    slurm(ID=5, MIN=4, COUNT=3)
    assert task_slice("1/2") == (1, 2)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        ({"ID": 0, "MIN": 0, "COUNT": 4}, (0, 4)),
        ({"ID": 7, "MIN": 5, "COUNT": 4}, (2, 4)),
        ({"ID": 8, "MIN": 0, "COUNT": 5, "STEP": 2}, (4, 5)),
    ],
)
def test_a_slurm_array_may_start_anywhere_and_step(slurm, array, expected):
    slurm(**array)
    assert task_slice(None) == expected


def test_an_array_with_gaps_is_refused(slurm):
    """Task 5 of 0, 1 and 5 cannot know that it is the third; to guess would leave shards out."""
    slurm(ID=5, MIN=0, MAX=5, COUNT=3, STEP=1)
    with pytest.raises(UsageError, match="--task is missing: the array has gaps"):
        task_slice(None)
    assert task_slice("2/3") == (2, 3)


def test_what_comes_through_a_pipe_is_not_sliced_again(slurm):
    slurm(ID=1, MIN=0, COUNT=2)
    assert task_slice(None, piped=True) == (0, 1)


@pytest.mark.parametrize("task", ["", "1", "2/2", "-1/2", "a/b", "0/0"])
def test_nonsense_tasks_are_refused(task):
    with pytest.raises(UsageError, match="--task"):
        task_slice(task)


def test_finished_shards_are_skipped_and_named_again(sh, chain):
    line = f"painctl render-depth --size 64 {chain}/ids.h5 -o out"
    first, second = sh(line), sh(line)
    assert first.stdout == second.stdout == b"out/ids.h5\n"
    assert b"0 done, 1 skipped, 0 failed of 1" in second.stderr


def test_another_command_does_not_overwrite_unless_told(sh, chain, tmp_path):
    sh(f"painctl render-depth --size 64 {chain}/ids.h5 -o out")
    made = (tmp_path / "out/ids.h5").read_bytes()
    other = f"painctl render-depth --size 96 {chain}/ids.h5 -o out"
    refused = sh(other)
    assert refused.returncode == 2
    assert b"--overwrite" in refused.stderr
    assert (tmp_path / "out/ids.h5").read_bytes() == made
    assert sh(f"{other} --overwrite").returncode == 0
    assert (tmp_path / "out/ids.h5").read_bytes() != made


def test_some_failures_are_listed_and_the_rest_is_done(sh, chain, tmp_path):
    (tmp_path / "bad.h5").write_text("no")
    done = sh(f"painctl render-depth --size 64 bad.h5 {chain}/ids.h5 -o out")
    assert done.returncode == 3
    assert done.stdout == b"out/ids.h5\n"
    assert b"bad.h5: not a shard" in done.stderr
    assert b"1 done, 0 skipped, 1 failed of 2" in done.stderr


def test_a_shard_passes_through_a_pipe_as_it_is(sh, chain, tmp_path):
    assert sh(f"painctl render-depth --size 64 {chain}/ids.h5 -o a.h5").returncode == 0
    assert sh(f"painctl render-depth --size 64 < {chain}/ids.h5 > b.h5").returncode == 0
    assert sh(f"echo {chain}/ids.h5 | painctl render-depth --size 64 > c.h5").returncode == 0
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes() == (tmp_path / "c.h5").read_bytes()


def test_a_terminal_gets_no_binary(sh, chain):
    done = sh(f"script -qec 'painctl render-depth {chain}/ids.h5' /dev/null")
    assert b"-o FILE.h5" in done.stdout
    assert b"HDF" not in done.stdout


@pytest.mark.parametrize(("name", "code"), [("INT", 130), ("TERM", 143), ("USR1", 138)])
def test_a_signal_stops_it_cleanly(sh, tmp_path, name, code):
    line = f"painctl sample-ids -n 100000 -o out & pid=$!; sleep 4; kill -{name} $pid; wait $pid"
    done = sh(f"set -m; {line}")
    assert done.returncode == code
    assert b"stopped" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_task_without_a_share_has_nothing_to_do(sh, chain, tmp_path):
    """Nor does it take away the folder that the others write into, or miss the file that another one writes."""
    array = {"SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_COUNT": "3"}
    for output in ("out", "out.h5"):
        done = sh(f"painctl render-depth {chain}/ids.h5 -o {output}", env={**array, "SLURM_ARRAY_TASK_STEP": "2"})
        assert done.returncode == 0
        assert b"nothing to do for task 2 of 3" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_one_shard_s_bug_does_not_stop_its_neighbours(capfd, tmp_path):
    """Whatever the error is: done + skipped + failed is what was asked."""

    def make(source, target, progress):
        if source.name == "b":
            raise IndexError("no such vertex")
        target.write_text(source.name)

    names = [Path(name) for name in "abc"]
    with pytest.raises(Reported) as told:
        each_shard(names, tmp_path / "out", make=make, made=lambda *_: True, overwrite=False, task=(0, 1))
    assert told.value.exit_code == 3
    said = capfd.readouterr()
    assert said.out.split() == [f"{tmp_path}/out/a", f"{tmp_path}/out/c"]
    assert "IndexError: no such vertex" in said.err
    assert "2 done, 0 skipped, 1 failed of 3" in said.err


@pytest.fixture
def signals():
    """As they were."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def lost_signal():
    """SIGUSR1 arrives in compiled code, which makes an error of its own of its exception."""
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(1)
    except BaseException as error:
        raise SystemError("returned a result with an exception set") from error


def swallowed_signal():
    with contextlib.suppress(SystemError):
        lost_signal()


def test_a_signal_that_a_library_took_for_its_own_error_still_stops_it(signals, monkeypatch, capfd, tmp_path):
    """Rather than that a shard, or a person, is said to have failed, and the rest is done."""
    monkeypatch.setattr("sys.argv", ["painctl"])
    made = []

    def run(make):
        each_shard([Path("a"), Path("b")], tmp_path, make=make, made=None, overwrite=True, task=(0, 1))

    def failing(source, target, progress):
        made.append(source.name)
        lost_signal()

    def going_on(source, target, progress):
        made.append(source.name)
        swallowed_signal()
        progress.tick()

    for make in (failing, going_on):
        assert guarded(lambda make=make: run(make)) == 138
    assert made == ["a", "a"]
    assert guarded(lost_signal) == 138
    said = capfd.readouterr().err.splitlines()
    assert said == ["painctl: stopped; nothing half-written is left"] * 3
    assert guarded(lambda: None) == 0


def test_a_folder_in_which_nothing_came_to_be_is_not_left(sh, chain, tmp_path):
    """Whatever it was: a source that fails, and what ends the run, as a renderer on a GPU that is not there."""
    assert sh("painctl render-depth nothing.h5 -o out").returncode == 1
    assert not (tmp_path / "out").exists()
    assert sh(f"painctl render-depth --renderer pytorch3d --device cuda:99 {chain}/ids.h5 -o out").returncode == 1
    assert not (tmp_path / "out").exists()
