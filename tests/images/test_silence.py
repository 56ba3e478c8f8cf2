import os
import subprocess
import sys

import pytest

from painctl.images.silence import silenced


def test_stderr_is_discarded_until_the_block_ends(capfd):
    with pytest.raises(ValueError, match="unreadable"), silenced():
        os.write(2, b"from a library")
        raise ValueError("unreadable")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_a_closed_stderr_stays_closed():
    line = (
        "import os\nfrom painctl.images.silence import silenced\nwith silenced(): print(1)\n"
        "try: os.fstat(2)\nexcept OSError: print(2)"
    )
    done = subprocess.run(["bash", "-c", 'exec "$@" 2>&-', "-", sys.executable, "-c", line], capture_output=True)
    assert done.stdout.split() == [b"1", b"2"]
