import os
import subprocess
import sys
from pathlib import Path

import pytest

from painctl.files.descriptors import redirected


def test_output_is_discarded_until_the_block_ends(capfd):
    with redirected(1, 2):
        os.write(1, b"lost")
        os.write(2, b"lost")
    os.write(1, b"out")
    os.write(2, b"err")
    assert capfd.readouterr() == ("out", "err")


def test_an_error_in_the_block_restores_the_descriptors(capfd):
    with pytest.raises(ValueError, match="failed"), redirected(1, 2):
        raise ValueError("failed")
    os.write(1, b"out")
    assert capfd.readouterr().out == "out"


def test_a_descriptor_can_point_to_another_one(capfd):
    with redirected(1, to=2):
        os.write(1, b"to stderr")
    os.write(1, b"to stdout")
    assert capfd.readouterr() == ("to stdout", "to stderr")


def test_other_descriptors_are_left_alone(capfd):
    with redirected(1):
        os.write(2, b"err")
    assert capfd.readouterr().err == "err"


def test_no_descriptor_stays_open():
    before = len(list(Path("/dev/fd").iterdir()))
    with redirected(1, 2), redirected(1, to=2):
        pass
    assert len(list(Path("/dev/fd").iterdir())) == before


def run(line: str, redirections: str = "") -> subprocess.CompletedProcess[bytes]:
    """`line` in a Python whose streams are pipes, hence buffered, behind a shell's redirections."""
    code = f"import os\nfrom painctl.files.descriptors import redirected\n{line}"
    return subprocess.run(
        ["bash", "-c", f'exec "$@" {redirections}', "-", sys.executable, "-c", code], capture_output=True
    )


def test_buffered_lines_go_where_they_were_printed():
    done = run("print('before')\nwith redirected(1): print('inside')\nprint('after')")
    assert done.stdout.split() == [b"before", b"after"]


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_descriptor_stays_closed(closed):
    done = run(
        f"with redirected(1, 2): pass\ntry: os.fstat({closed})\nexcept OSError: os.write({3 - closed}, b'closed')",
        f"{closed}>&-",
    )
    assert (done.stdout, done.stderr)[2 - closed] == b"closed"
    assert done.returncode == 0
