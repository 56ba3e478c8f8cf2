import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from painctl.cli.errors import run_guarded
from painctl.cli.output import Output
from painctl.cli.shards import report, task_slice
from painctl.records import Reported, UsageError
from painctl.shard.outputs import Maker, Outputs, make_outputs


@pytest.fixture
def slurm(monkeypatch):
    def slurm(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"SLURM_ARRAY_TASK_{name}", str(value))

    return slurm


def test_without_a_task_everything_is_processed():
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


def test_an_array_with_gaps_is_rejected(slurm):
    """Task 5 of 0, 1 and 5 cannot know that it is the third; a guess could leave shards out."""
    slurm(ID=5, MIN=0, MAX=5, COUNT=3, STEP=1)
    with pytest.raises(UsageError, match="--task is missing: the array has gaps"):
        task_slice(None)
    assert task_slice("2/3") == (2, 3)


def test_piped_input_is_not_sliced_again(slurm):
    slurm(ID=1, MIN=0, COUNT=2)
    assert task_slice(None, piped=True) == (0, 1)


@pytest.mark.parametrize("task", ["", "1", "2/2", "-1/2", "a/b", "0/0"])
def test_invalid_tasks_are_rejected(task):
    with pytest.raises(UsageError, match="--task"):
        task_slice(task)


def test_finished_shards_are_skipped_and_named_again(sh, chain):
    line = f"painctl render-depth --size 64 {chain}/ids.h5 -o out"
    first, second = sh(line), sh(line)
    assert first.stdout == second.stdout == b"out/ids.h5\n"
    assert b"0 done, 1 skipped, 0 failed of 1" in second.stderr


def test_another_command_overwrites_only_on_request(sh, chain, tmp_path):
    sh(f"painctl render-depth --size 64 {chain}/ids.h5 -o out")
    made = (tmp_path / "out/ids.h5").read_bytes()
    other_size = f"painctl render-depth --size 96 {chain}/ids.h5 -o out"
    rejected = sh(other_size)
    assert rejected.returncode == 2
    assert b"--overwrite" in rejected.stderr
    assert (tmp_path / "out/ids.h5").read_bytes() == made
    assert sh(f"{other_size} --overwrite").returncode == 0
    assert (tmp_path / "out/ids.h5").read_bytes() != made


def test_some_failures_are_listed_and_the_rest_is_done(sh, chain, tmp_path):
    (tmp_path / "bad.h5").write_text("no")
    done = sh(f"painctl render-depth --size 64 bad.h5 {chain}/ids.h5 -o out")
    assert done.returncode == 3
    assert done.stdout == b"out/ids.h5\n"
    assert b"bad.h5: not a shard" in done.stderr
    assert b"1 done, 0 skipped, 1 failed of 2" in done.stderr


def test_a_pipe_gives_the_same_bytes_as_a_file(sh, chain, tmp_path):
    assert sh(f"painctl render-depth --size 64 {chain}/ids.h5 -o a.h5").returncode == 0
    assert sh(f"painctl render-depth --size 64 < {chain}/ids.h5 > b.h5").returncode == 0
    assert sh(f"echo {chain}/ids.h5 | painctl render-depth --size 64 > c.h5").returncode == 0
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes() == (tmp_path / "c.h5").read_bytes()


def test_no_binary_is_written_to_a_terminal(sh, chain):
    done = sh(f"script -qec 'painctl render-depth {chain}/ids.h5' /dev/null")
    assert b"-o FILE.h5" in done.stdout
    assert b"HDF" not in done.stdout


@pytest.mark.parametrize(("name", "code"), [("INT", 130), ("TERM", 143), ("USR1", 138)])
def test_a_signal_stops_a_command_cleanly(fresh_sh, tmp_path, name, code):
    line = f"painctl sample-ids -n 100000 -o out & pid=$!; sleep 4; kill -{name} $pid; wait $pid"
    done = fresh_sh(f"set -m; {line}")
    assert done.returncode == code
    assert b"stopped" in done.stderr
    assert not (tmp_path / "out").exists()


ARRAY = {"SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_STEP": "2"}


def in_task(number):
    return {**ARRAY, "SLURM_ARRAY_TASK_ID": str(number)}


def test_a_task_without_shards_has_nothing_to_do(sh, chain, tmp_path):
    """It does not remove the folder that other tasks write into."""
    done = sh(f"painctl render-depth {chain}/ids.h5 -o out", env=in_task(9))
    assert done.returncode == 0
    assert b"nothing to do for task 2/3 (from SLURM_ARRAY_TASK_ID)" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["sample-ids -n 2", "render-depth --size 64 {chain}/ids.h5"])
@pytest.mark.parametrize("task", ["", "--task 1/2"])
def test_a_task_that_would_not_make_its_output_file_fails(sh, chain, tmp_path, command, task):
    """As in a sweep over seeds by a job array, with one file per task."""
    done = sh(f"painctl {command.format(chain=chain)} {task} -o out.h5", env=in_task(7))
    assert done.returncode == 2
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert "out.h5: not made" in line
    assert "task 1/2" in line if task else "task 1/3 (from SLURM_ARRAY_TASK_ID)" in line
    assert "--task 0/1 makes all" in line
    assert list(tmp_path.iterdir()) == []


def test_a_task_states_which_part_it_makes_and_why(sh, chain, tmp_path):
    line = "painctl sample-ids -n 3 --shard-size 1 -o out"
    text = "task 1/3 (from SLURM_ARRAY_TASK_ID): makes 1 of 3 shards; --task 0/1 makes all"
    done = sh(line, env=in_task(7))
    assert done.returncode == 0
    assert text in done.stderr.decode()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["s0-00001-00001.h5"]
    shards = " ".join([f"{chain}/ids.h5", *(f"{chain}/{name}.h5" for name in ("depth", "portraits"))])
    assert text in sh(f"painctl render-depth --size 64 {shards} -o all", env=in_task(7)).stderr.decode()
    everything = sh(f"{line} --task 0/1", env=in_task(7))
    assert everything.stdout.count(b"\n") == 3
    assert b"task" not in everything.stderr


@pytest.mark.parametrize("array", [{"ID": 8}, {"ID": 6, "STEP": 2}, {"ID": -1}, {"ID": 4, "STEP": 0}])
def test_a_task_outside_of_its_array_is_rejected(slurm, array):
    slurm(**{"MIN": 0, "COUNT": 3, "STEP": 1, **array})
    with pytest.raises(UsageError, match="--task"):
        task_slice(None)


class FunctionMaker(Maker):
    """Makes outputs by calling a function, and regards none as finished."""

    def __init__(self, make):
        self._make = make

    def make(self, source, target):
        self._make(source, target)

    def is_made(self, source, target):
        return False


def make_all(names, output, make):
    """Make outputs and report on them like a command."""
    with Output() as out:
        tally = make_outputs(map(Path, names), Outputs(output, overwrite=True), FunctionMaker(make), out.stream, out)
    report(tally, is_stdout=False)


def test_a_bug_in_one_shard_does_not_stop_the_others(capfd, tmp_path):
    """Whatever the error, done + skipped + failed is the number requested."""

    def make(source, target):
        if source.name == "b":
            raise IndexError("no such vertex")
        target.write_text(source.name)

    with pytest.raises(Reported) as reported:
        make_all("abc", tmp_path / "out", make)
    assert reported.value.exit_code == 3
    printed = capfd.readouterr()
    assert printed.out.split() == [f"{tmp_path}/out/a", f"{tmp_path}/out/c"]
    assert "IndexError: no such vertex" in printed.err
    assert "2 done, 0 skipped, 1 failed of 3" in printed.err


def lost_signal():
    """SIGUSR1 arrives in compiled code, which replaces its exception with another error."""
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(1)
    except BaseException as error:
        raise SystemError("returned a result with an exception set") from error


def swallowed_signal():
    with contextlib.suppress(SystemError):
        lost_signal()


def test_a_signal_whose_exception_a_library_replaced_still_stops_the_run(monkeypatch, capfd, tmp_path):
    """Nothing is reported as failed, and the rest is not processed."""
    monkeypatch.setattr("sys.argv", ["painctl"])
    made = []

    def failing(source, target):
        made.append(source.name)
        lost_signal()

    def continuing(source, target):
        made.append(source.name)
        swallowed_signal()
        Output().tick()

    for make in (failing, continuing):
        assert run_guarded(lambda make=make: make_all("ab", tmp_path, make)) == 138
    assert made == ["a", "a"]
    assert run_guarded(lost_signal) == 138
    assert capfd.readouterr().err.splitlines() == ["painctl: stopped; every output is complete or absent"] * 3
    assert run_guarded(lambda: None) == 0


def test_an_empty_output_folder_is_removed(sh, chain, tmp_path):
    """After a source that fails, and after an error that ends the run, such as a renderer on a missing GPU."""
    assert sh("painctl render-depth nothing.h5 -o out").returncode == 1
    assert not (tmp_path / "out").exists()
    assert sh(f"painctl render-depth --renderer pytorch3d --device cuda:99 {chain}/ids.h5 -o out").returncode == 1
    assert not (tmp_path / "out").exists()
