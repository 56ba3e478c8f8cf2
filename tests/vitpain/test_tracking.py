"""Trackers of the training log: each writes on this machine, although its variables name a server."""

import sqlite3
import sys

import pytest

from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.tracking import open_tracker

SERVER = "http://127.0.0.1:9"  # where nothing listens
VARIABLES = {
    "WANDB_MODE": "online",
    "WANDB_BASE_URL": SERVER,
    "WANDB_API_KEY": "0" * 40,
    "MLFLOW_TRACKING_URI": SERVER,
    "TRACKIO_SPACE_ID": "nobody/nothing",
    "TRACKIO_SERVER_URL": SERVER,
}
ROWS = [{"epoch": 1, "loss": 0.5, "validation_pcc": None}, {"epoch": 2, "loss": 0.25, "validation_pcc": 0.9}]


@pytest.mark.parametrize("tracker", ["tensorboard", "trackio", "wandb", "mlflow"])
def test_a_log_stays_on_this_machine(tracker, tmp_path, monkeypatch):
    pytest.importorskip(tracker)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    with open_tracker(tracker, tmp_path / "model", TrainingSettings(), "cpu") as log:
        for row in ROWS:
            log(row)
    if tracker == "mlflow":
        values = sqlite3.connect(tmp_path / "model.runs/mlflow.db").execute(
            "select value from metrics where key='loss'"
        )
        assert sorted(values) == [(0.25,), (0.5,)]
    else:
        written = [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size]
        kind = {"tensorboard": "tfevents", "wandb": ".wandb", "trackio": "trackio"}[tracker]
        assert any(kind in str(path) for path in written)


def test_a_missing_tracker_is_named_with_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with (
        pytest.raises(ModuleNotFoundError, match=r"^--track wandb: .*pip install"),
        open_tracker("wandb", tmp_path / "model", TrainingSettings(), "cpu"),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_nothing_is_tracked_unless_requested(tmp_path):
    with open_tracker(None, tmp_path / "model", TrainingSettings(), "cpu") as log:
        log(ROWS[0])
    assert not list(tmp_path.iterdir())
