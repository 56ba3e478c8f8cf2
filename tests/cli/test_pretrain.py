"""painctl pretrain: what it refuses before anything is trained."""

import sys

import pytest

from painctl.cli import training
from painctl.cli.pretrain import command
from painctl.records import UsageError


def test_a_folder_that_is_not_there_is_told_first(dataset_file, tmp_path):
    with pytest.raises(UsageError, match=r"there is no folder .*no/such to write it to"):
        command(dataset_file, tmp_path / "no/such/model")


def test_a_tracker_that_is_not_installed_is_named_as_it_was_typed(dataset_file, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trackio", None)
    with pytest.raises(ModuleNotFoundError, match=r"^--track trackio: .*pip install"):
        command(dataset_file, tmp_path / "model", track=training.Track.trackio)
    assert not (tmp_path / "model").exists()


def test_faults_are_told_by_the_first_of_several_processes(made_unbc, monkeypatch, capsys):
    told = []
    for rank in ("0", "1"):
        monkeypatch.setenv("RANK", rank)
        with training.opened(made_unbc.folder, 0, False):
            told.append(capsys.readouterr().err)
    assert "2 black frames, left out" in told[0]
    assert told[1] == ""
