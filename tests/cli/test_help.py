"""--help in wide and narrow terminals, and the listing of engines."""

import io
import re

import pytest

from painctl.cli.errors import run_guarded
from painctl.cli.main import COMMANDS, app
from painctl.cli.output import Output


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_fits_the_terminal(name, columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run_guarded(lambda: app([name, "--help"], "painctl", standalone_mode=False)) == 0
    text = capsys.readouterr().out
    too_long = [line for line in text.splitlines() if len(line) > columns and " " in line.strip()]
    assert all(re.fullmatch(r" *(-\w, )?\S+( \S+)?", line) for line in too_long)  # a name and its value
    assert not re.search(r"range>|list\[|<=x|\[default: \(", text)
    blocks = text.split("Options:")[1]
    words = re.findall(r"\S+", blocks)
    assert len(blocks.splitlines()) < len(words) / (1.3 if columns == 40 else 2)  # not a word per line


def test_the_commands_are_readable_in_a_narrow_terminal(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    assert run_guarded(lambda: app(["--help"], "painctl", standalone_mode=False)) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 40
    assert "  render-views\n    Render every face from several\n    angles.\n" in text


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (None, "rig   works    a long note about it\nhead  missing\n"),
        ("45", "rig   works    a long note about it\nhead  missing\n"),
        ("44", "rig works\n    a long note about it\nhead missing\n"),
        ("22", "rig works\n    a long note about\n    it\nhead missing\n"),
    ],
)
def test_the_last_column_is_wrapped_to_the_terminal_but_not_in_a_pipe(columns, expected, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    output = Output()
    output.stream = io.BytesIO()
    output.columns(iter([("rig", "works", "a long note about it"), ("head", "missing", "")]), (4, 7))
    assert output.stream.getvalue().decode() == expected
