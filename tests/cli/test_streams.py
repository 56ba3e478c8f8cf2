"""Readers that leave, closed and full streams: the exit code that a shell expects, and no traceback."""

import pytest


@pytest.mark.parametrize(
    "command", ["--help", "rig --help", "inspect {ids}", "inspect --json {ids}", "sample-ids -n 1"]
)
def test_a_reader_of_stdout_that_leaves_ends_the_command_silently(fresh_sh, chain, command):
    done = fresh_sh(f"(sleep 0.2; painctl {command.format(ids=chain / 'ids.h5')}) | true")
    assert done.returncode == 141
    assert done.stderr == b""


def test_a_reader_that_leaves_in_the_middle_of_a_shard(fresh_sh, chain, tmp_path):
    done = fresh_sh(f"painctl render-depth --size 256 {chain}/ids.h5 | head -c 10", env={"TMPDIR": str(tmp_path)})
    assert done.returncode == 141
    assert done.stderr == b""
    assert list(tmp_path.iterdir()) == []


def test_lost_messages_do_not_end_a_command(fresh_sh, chain, tmp_path):
    """stderr is closed, full, or without a reader."""
    for number, lost in enumerate(("2>&-", "2>/dev/full", "2> >(true)", "2>&- <&-")):
        line = f"sleep 0.1; painctl render-depth --size 64 nowhere.h5 {chain}/ids.h5 -o out{number} {lost}"
        done = fresh_sh(line)
        assert (done.returncode, done.stdout) == (3, f"out{number}/ids.h5\n".encode()), lost
        assert (tmp_path / f"out{number}/ids.h5").exists()


@pytest.mark.parametrize("command", ["--help", "inspect {ids}", "render-depth --size 64 {ids}"])
def test_a_full_stdout_is_one_error(fresh_sh, chain, command):
    done = fresh_sh(f"painctl {command.format(ids=chain / 'ids.h5')} > /dev/full")
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert "no space left on the device" in line


def test_a_closed_stdout_is_one_error_at_most(fresh_sh, chain):
    for command, code in (("--help", 0), (f"inspect {chain}/ids.h5", 2), ("engines --json 2>&-", 2)):
        done = fresh_sh(f"painctl {command} >&-")
        assert done.returncode == code
        assert b"Traceback" not in done.stderr
