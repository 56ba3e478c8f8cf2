import subprocess
import sys

import pytest

from painctl.cli.main import COMMANDS

HEAVY = {"torch", "transformers", "diffusers", "anny", "pytorch3d", "peft"}

_PROBE = f"""
import sys
from painctl.cli.main import main
sys.argv = ["painctl", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    print(end.code, *sorted(set(sys.modules) & {HEAVY!r}), file=sys.stderr)
"""


def probe(*arguments):
    done = subprocess.run([sys.executable, "-c", _PROBE, *arguments], capture_output=True, text=True)
    return done.stderr.splitlines()[-1].split()


@pytest.mark.parametrize("name", COMMANDS)
def test_help_imports_nothing_heavy(name):
    assert probe(name, "--help") == ["0"]


def test_the_start_of_every_command_imports_no_opencv():
    program = "import sys, painctl.cli.main; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_arguments_are_checked_before_anything_heavy_is_imported(name):
    assert probe(name, "--no-such-option") == ["2"]


NO_FILE = ("pretrain nowhere.h5 -o model", "cv nowhere.h5 -o cv.csv")


@pytest.mark.parametrize(
    "line",
    [
        "pretrain nowhere.h5 -o .",
        "cv nowhere.h5 -k 1",
        "cv nowhere.h5 --binary 3,1",
        "pretrain nowhere.h5 --model vanilla-vit --no-aus -o model",
        *NO_FILE,
        "predict a.png --json --csv",
        "render-views --yaw x a.h5",
        "rig --pspi 99 a.h5",
    ],
)
def test_usage_errors_are_reported_before_torch_is_imported(line):
    assert probe(*line.split()) == ["1" if line in NO_FILE else "2"]
