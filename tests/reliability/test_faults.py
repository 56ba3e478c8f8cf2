"""What goes wrong around a run: a full disk, no permission, inputs that vanish, readers that dawdle or go, clocks."""

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
def whole(chain):
    return contents(chain.folder / "depth")


@pytest.fixture
def small_disk(tmp_path):
    """Mount a file system of so many kilobytes, with options, on a folder."""
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


@pytest.mark.parametrize("kilobytes", [64, 1700, 2600])
def test_a_full_disk_is_told_and_what_fits_is_whole(small_disk, tmp_path, ids, whole, kilobytes):
    disk = small_disk(kilobytes)
    done = run([*DEPTH, *ids, "-o", str(disk / "out")], tmp_path)
    made = contents(disk / "out") if (disk / "out").exists() else {}
    assert all(whole[name] == data for name, data in made.items())
    assert done.code == (3 if made else 1)
    assert f"{disk}/out/" in done.stderr
    assert "no space left on the device" in done.stderr
    assert f"{len(made)} done, 0 skipped, {2 - len(made)} failed of 2" in done.stderr
    assert "Traceback" not in done.stderr


def test_with_room_again_the_same_command_goes_on(small_disk, tmp_path, ids, whole):
    disk = small_disk(2600)
    command = [*DEPTH, *ids, "-o", str(disk / "out")]
    assert run(command, tmp_path).code == 3
    subprocess.run(["mount", "-o", "remount,size=9m", disk], check=True)
    assert "1 done, 1 skipped, 0 failed of 2" in run(command, tmp_path).stderr
    assert contents(disk / "out") == whole


def test_a_read_only_disk_is_told(small_disk, tmp_path, ids):
    done = run([*DEPTH, *ids, "-o", str(small_disk(9000, "ro") / "out")], tmp_path)
    assert (done.code, done.stderr.count("\n")) == (1, 1)
    assert "read-only file system; write elsewhere" in done.stderr


def test_no_permission_is_told(tmp_path, ids):
    """root is asked to keep to permissions, too."""
    bound = "setpriv --bounding-set -dac_override,-dac_read_search" if os.geteuid() == 0 else "env"
    if bound != "env" and subprocess.run([*bound.split(), "true"], capture_output=True, check=False).returncode:
        pytest.skip("setpriv cannot take a privilege of root's away here")
    inputs = [shutil.copy(path, tmp_path) for path in ids]
    os.chmod(inputs[0], 0)
    (tmp_path / "locked").mkdir(mode=0o500)
    line = f"{bound} {sys.executable} -m painctl render-depth --size 64 {' '.join(inputs)} -o "
    done = shell(f"{line} locked/out", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "locked/out: permission denied" in done.stderr
    done = shell(f"{line} out", tmp_path)
    assert done.returncode == 3
    assert f"{inputs[0]}: permission denied" in done.stderr
    assert "1 done, 0 skipped, 1 failed of 2" in done.stderr


def test_an_input_that_vanished_fails_alone(tmp_path, ids, whole):
    gone = tmp_path / "gone.h5"
    done = run([*DEPTH, ids[0], str(gone), ids[1], "-o", "out"], tmp_path)
    assert done.code == 3
    assert "gone.h5: no such file" in done.stderr
    assert "2 done, 0 skipped, 1 failed of 3" in done.stderr
    assert contents(tmp_path / "out") == whole


def test_a_slow_reader_gets_all(tmp_path, ids, chain):
    done = shell(f"painctl render-depth --size 64 < {ids[0]} | (sleep 3; cat) > slow.h5", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "slow.h5").read_bytes() == (chain.folder / "depth" / os.path.basename(ids[0])).read_bytes()


def test_a_reader_that_takes_one_line_leaves_whole_shards(tmp_path, ids, whole):
    line = f"painctl render-depth --size 64 {' '.join(ids)} -o out"
    done = shell(f"{line} | (head -1; exec 0<&-; sleep 1)", tmp_path)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    made = contents(tmp_path / "out")
    assert made
    assert all(whole[name] == data for name, data in made.items())
    assert shell(line, tmp_path).returncode == 0
    assert contents(tmp_path / "out") == whole
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


def test_a_clock_that_goes_backwards_changes_nothing(tmp_path, ids, whole):
    """Not the clock of the process, an hour back at each look, nor inputs and outputs that are dated in the future."""
    (tmp_path / "clock.c").write_text(BACKWARDS)
    built = "cc -shared -fPIC -o clock.so clock.c -ldl"
    if shutil.which("cc") is None or subprocess.run(built.split(), cwd=tmp_path, check=False).returncode:
        pytest.skip("no C compiler to make such a clock with")
    later = [shutil.copy(path, tmp_path) for path in ids]
    for path in later:
        os.utime(path, (2e10, 2e10))
    line = f"painctl render-depth --size 64 {' '.join(later)} -o out"
    done = shell(line, tmp_path, LD_PRELOAD=str(tmp_path / "clock.so"))
    assert done.returncode == 0, done.stderr
    os.utime(tmp_path / "out" / os.path.basename(ids[0]), (0, 0))
    again = shell(line, tmp_path, LD_PRELOAD=str(tmp_path / "clock.so"))
    assert "0 done, 2 skipped, 0 failed of 2" in again.stderr
    assert contents(tmp_path / "out") == whole
