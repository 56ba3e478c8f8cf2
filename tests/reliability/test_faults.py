"""Faults around a run: a full disk, missing permissions, vanishing inputs, slow or closed readers, wrong clocks."""

import os
import shutil
import subprocess
import sys

import pytest
from commands import run, shell
from kills import Chain, contents

DEPTH = ["render-depth", "--size", "64"]


@pytest.fixture(scope="module")
def chain(head, tmp_path_factory):
    return Chain(tmp_path_factory.mktemp("unbroken")).make("sample-ids", "render-depth")


@pytest.fixture
def ids(chain):
    return [str(path) for path in chain.shards("ids")]


@pytest.fixture
def expected(chain):
    return contents(chain.folder / "depth")


@pytest.fixture
def small_disk(tmp_path):
    """Mount a file system of a given size in kilobytes, with options, on a folder."""
    mounted = []

    def mount(kilobytes, options="rw"):
        place = tmp_path / "disk"
        place.mkdir(exist_ok=True)
        unmount()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,{options}", "tmpfs", place]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("only root may mount a small disk")
        mounted.append(place)
        return place

    def unmount():
        while mounted:
            subprocess.run(["umount", mounted.pop()], check=True)

    yield mount
    unmount()


@pytest.mark.parametrize("kilobytes", [64, 6500, 9000])
def test_a_full_disk_is_reported_and_finished_shards_are_complete(small_disk, tmp_path, ids, expected, kilobytes):
    disk = small_disk(kilobytes)
    done = run([*DEPTH, *ids, "-o", str(disk / "out")], tmp_path)
    made = contents(disk / "out") if (disk / "out").exists() else {}
    assert all(expected[name] == data for name, data in made.items())
    assert done.code == (3 if made else 1)
    assert f"{disk}/out/" in done.stderr
    assert "no space left on the device" in done.stderr
    assert f"{len(made)} done, 0 skipped, {2 - len(made)} failed of 2" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_command_resumes_once_there_is_space(small_disk, tmp_path, ids, expected):
    disk = small_disk(9000)
    command = [*DEPTH, *ids, "-o", str(disk / "out")]
    assert run(command, tmp_path).code == 3
    subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
    assert "1 done, 1 skipped, 0 failed of 2" in run(command, tmp_path).stderr
    assert contents(disk / "out") == expected


def test_a_read_only_disk_is_reported(small_disk, tmp_path, ids):
    done = run([*DEPTH, *ids, "-o", str(small_disk(9000, "ro") / "out")], tmp_path)
    assert (done.code, done.stderr.count("\n")) == (1, 1)
    assert "read-only file system; write elsewhere" in done.stderr


def test_a_missing_permission_is_reported(tmp_path, ids):
    """As root, after dropping the capabilities that bypass permissions."""
    prefix = "setpriv --bounding-set -dac_override,-dac_read_search" if os.geteuid() == 0 else "env"
    if prefix != "env" and subprocess.run([*prefix.split(), "true"], capture_output=True, check=False).returncode:
        pytest.skip("setpriv cannot take a privilege of root's away here")
    inputs = [shutil.copy(path, tmp_path) for path in ids]
    os.chmod(inputs[0], 0)
    (tmp_path / "locked").mkdir(mode=0o500)
    line = f"{prefix} {sys.executable} -m painctl render-depth --size 64 {' '.join(inputs)} -o "
    done = shell(f"{line} locked/out", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "locked/out/" in done.stderr
    assert ": permission denied" in done.stderr
    done = shell(f"{line} out", tmp_path)
    assert done.returncode == 3
    assert f"{inputs[0]}: permission denied" in done.stderr
    assert "1 done, 0 skipped, 1 failed of 2" in done.stderr


def test_a_missing_input_does_not_stop_the_others(tmp_path, ids, expected):
    gone = tmp_path / "gone.h5"
    done = run([*DEPTH, ids[0], str(gone), ids[1], "-o", "out"], tmp_path)
    assert done.code == 3
    assert "gone.h5: no such file" in done.stderr
    assert "2 done, 0 skipped, 1 failed of 3" in done.stderr
    assert contents(tmp_path / "out") == expected


def test_a_slow_reader_gets_the_complete_shard(tmp_path, ids, chain):
    done = shell(f"painctl render-depth --size 64 < {ids[0]} | (sleep 3; cat) > slow.h5", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "slow.h5").read_bytes() == (chain.folder / "depth" / os.path.basename(ids[0])).read_bytes()


def test_a_reader_that_takes_one_line_leaves_complete_shards(tmp_path, ids, expected):
    line = f"painctl render-depth --size 64 {' '.join(ids)} -o out"
    done = shell(f"{line} | (head -1; exec 0<&-; sleep 1)", tmp_path)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    made = contents(tmp_path / "out")
    assert made
    assert all(expected[name] == data for name, data in made.items())
    assert shell(line, tmp_path).returncode == 0
    assert contents(tmp_path / "out") == expected
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


BACKWARDS = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    static long calls;
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec -= 3600 * ++calls;
    return failed;
}
"""


def test_a_clock_that_goes_backwards_changes_nothing(tmp_path, ids, expected):
    """Neither the clock of the process, an hour back at each reading, nor files dated in the future."""
    (tmp_path / "clock.c").write_text(BACKWARDS)
    compiler = "cc -shared -fPIC -o clock.so clock.c -ldl"
    if shutil.which("cc") is None or subprocess.run(compiler.split(), cwd=tmp_path, check=False).returncode:
        pytest.skip("no C compiler")
    future_inputs = [shutil.copy(path, tmp_path) for path in ids]
    for path in future_inputs:
        os.utime(path, (2e10, 2e10))
    line = f"painctl render-depth --size 64 {' '.join(future_inputs)} -o out"
    done = shell(line, tmp_path, LD_PRELOAD=str(tmp_path / "clock.so"))
    assert done.returncode == 0, done.stderr
    os.utime(tmp_path / "out" / os.path.basename(ids[0]), (0, 0))
    rerun = shell(line, tmp_path, LD_PRELOAD=str(tmp_path / "clock.so"))
    assert "0 done, 2 skipped, 0 failed of 2" in rerun.stderr
    assert contents(tmp_path / "out") == expected
