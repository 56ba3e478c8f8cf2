import io
import json
import os

import pytest

from painctl.cli.output import Output, Tables
from painctl.records import Reporter, UsageError


def test_it_is_a_reporter():
    reporter: Reporter = Output()
    for name in ("say", "log", "error", "expect", "tick", "begin", "raise_if_stopped"):
        assert callable(getattr(reporter, name))


def test_data_goes_to_stdout_and_output_of_libraries_to_stderr(capfd):
    with Output() as output:
        os.write(1, b"a banner\n")
        output.json({"pspi": 3})
        output.columns([("a", "bcd"), ("efg", "h")], widths=[3])
        output.say("a line")
    printed = capfd.readouterr()
    first, *rest = printed.out.splitlines()
    assert json.loads(first) == {"pspi": 3}
    assert rest == ["a    bcd", "efg  h"]
    assert "a banner" in printed.err
    assert printed.err.splitlines()[-1].endswith(": a line")


def test_a_closed_stdout_is_a_usage_error(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(UsageError, match="stdout is closed"), Output():
        pass


def test_tables_align_numbers_to_the_right_and_fold_long_names(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    stream = io.BytesIO()
    tables = Tables(stream)
    tables.table("title", ["name", "rows"], [["a" * 30, "7"], ["b", "1,234"]])
    lines = stream.getvalue().decode().splitlines()
    assert lines[:2] == ["", "title"]
    assert all(len(line.rstrip()) <= 20 for line in lines)
    assert lines[-1].split() == ["b", "1,234"]
    assert sum(line.count("a") for line in lines[3:]) == 30


def test_every_step_is_logged_unless_a_bar_shows_it(monkeypatch, capfd):
    output = Output()
    output.log("epoch 1")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    output.log("epoch 2")
    assert [line.rpartition(": ")[2] for line in capfd.readouterr().err.splitlines()] == ["epoch 1"]
