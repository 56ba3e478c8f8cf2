r"""Lists of paths on stdin, whatever the paths contain, and inputs that cannot be read twice."""

import json
import shutil

import pytest


def inspected(sh, line, options=""):
    """The paths that `inspect` read."""
    done = sh(f"{line} | painctl inspect --json {options}")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    return [shard["path"] for shard in record.get("shards", [record])]


@pytest.fixture
def ids(chain, tmp_path):
    return lambda *names: [shutil.copy(chain / "ids.h5", tmp_path / name) for name in names]


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        (r" a b .h5\n", [" a b .h5"]),
        (r"ids.h5\r\n\r\n", ["ids.h5"]),
        (r"\xef\xbb\xbfids.h5\r\n", ["ids.h5"]),
        (r"  ids.h5\t\n  \n", ["ids.h5"]),
        (r"ids.h5\n a b .h5", ["ids.h5", " a b .h5"]),
    ],
)
def test_a_path_is_taken_as_it_stands_or_without_what_surrounds_it(sh, ids, listed, read):
    ids(" a b .h5", "ids.h5")
    assert inspected(sh, f"printf '{listed}'") == read


def test_a_path_may_end_like_a_line_of_windows_and_begin_like_a_shard(sh, ids):
    ids("ids.h5\r")
    assert inspected(sh, r"printf 'ids.h5\r\n'") == [r"ids.h5\x0d"]
    assert b"no such file" in sh(r"printf '\x89nowhere.h5\n' | painctl inspect").stderr


def test_paths_that_end_in_nul_pass_through_a_pipe(sh, ids):
    ids("new\nline.h5", " ids.h5")
    make = "find . -name '*.h5' -print0 | sort -z | painctl render-depth -0 --size 64 -o 'two\nlines'"
    assert inspected(sh, make, "--null") == [r"two\x0alines/ ids.h5", r"two\x0alines/new\x0aline.h5"]
    assert sh("painctl sample-ids -n 1 -0 -o out.h5").stdout == b"out.h5\0"


@pytest.mark.parametrize(
    "source", ["printf '%09000d' 1", "yes a | tr -d '\\n'", "cat /dev/zero", "printf 'a.h5\\0b.h5'"]
)
def test_what_is_no_list_ends_at_once(fresh_sh, source):
    done = fresh_sh(f"{source} | (ulimit -v 4000000; painctl inspect)", timeout=20)
    assert done.returncode in (2, 141)
    (line,) = done.stderr.decode().splitlines()
    assert "stdin: neither a shard nor a list of shard paths" in line


def test_a_list_without_an_end_ends(fresh_sh):
    done = fresh_sh("cat /dev/zero | (ulimit -v 4000000; painctl inspect -0)", timeout=30)
    assert b"stdin: more than 1,000,000 paths" in done.stderr


def test_an_input_that_cannot_be_read_twice_is_spooled(sh, chain, tmp_path):
    expected = sh(f"painctl inspect {chain}/ids.h5").stdout.splitlines()[1:]
    for line in (f"painctl inspect <(cat {chain}/ids.h5)", f"cat {chain}/ids.h5 | painctl inspect /dev/stdin"):
        done = sh(line, env={"TMPDIR": str(tmp_path)})
        assert done.stdout.splitlines()[1:] == expected, done.stderr
    done = sh(f"painctl inspect <(head -c 999 {chain}/ids.h5)", env={"TMPDIR": str(tmp_path)})
    assert done.stderr.startswith(b"painctl inspect: /dev/fd/63: no seal")
    assert list(tmp_path.iterdir()) == []
