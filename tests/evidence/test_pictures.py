import os
import subprocess
import sys

_DRAW = """
from painctl.plots.figures import drawing, encoded
from painctl.plots.themes import LIGHT
with drawing(LIGHT):
    from matplotlib.figure import Figure
    encoded([Figure()], ".png")
"""


def test_figures_need_no_home(tmp_path):
    """matplotlib caches fonts in the home folder, and would say at length that it cannot."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MPL"))}
    environment = {**kept, "HOME": "/dev/null", "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", _DRAW], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
