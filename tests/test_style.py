"""Runs the linter, the formatter and the type checker, and looks for gaps in the pages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "command",
    ["ruff check painctl tests", "ruff format --check painctl tests", "mypy"],
    ids=lambda line: line.split()[0],
)
def test_tool_passes(command):
    done = subprocess.run([sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_page_has_a_gap_to_be_filled_in():
    gap = re.compile(r"@[A-Z]+@|\b(TODO|TBD|FIXME|XXX)\b")
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "painctl").rglob("*.md")):
        assert not gap.search(path.read_text()), path
