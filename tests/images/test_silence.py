import os
import subprocess
import sys

import pytest

from painctl.images.silence import silenced


def test_what_is_written_meanwhile_is_lost_and_then_no_more(capfd):
    with pytest.raises(ValueError, match="told"), silenced():
        os.write(2, b"from a library")
        raise ValueError("told")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_a_closed_stderr_is_left_closed():
    line = (
        "import os\nfrom painctl.stages.quiet import quiet\nwith quiet(): print(1)\n"
        "try: os.fstat(2)\nexcept OSError: print(2)"
    )
    done = subprocess.run(["bash", "-c", 'exec "$@" 2>&-', "-", sys.executable, "-c", line], capture_output=True)
    assert done.stdout.split() == [b"1", b"2"]
