from pathlib import Path

import pytest

from painctl.records import UsageError
from painctl.stages.predict import PredictRequest, run
from painctl.vitpain.checkpoints import save
from painctl.vitpain.model import build
from painctl.vitpain.settings import defaults


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "model"
    save(folder, build("compact"), defaults(), "none")
    return folder


class Recorder:
    """A writer and a reporter that keep what they are given."""

    def __init__(self):
        self.columns, self.single, self.records, self.lines = [], None, [], []

    def open(self, file, columns, single):
        self.columns, self.single = columns, single
        return self

    def write(self, record):
        self.records.append(record)

    def close(self):
        self.lines.append("closed")

    def say(self, text):
        self.lines.append(text)

    def expect(self, count):
        self.lines.append(f"{count} expected")

    def tick(self):
        pass


def request(model, *inputs, **changes):
    options = {
        "neutral": (),
        "choose_neutral": False,
        "crop": True,
        "face": "",
        "detector": None,
        "strict": False,
        "every": 1,
        "picture": None,
        "theme": "light",
        "device": "cpu",
    }
    return PredictRequest(inputs, str(model), **{**options, **changes})


def test_a_shard_is_predicted_under_its_display_name(model, portraits):
    out = Recorder()
    run(request(model, portraits, display_name=lambda path: Path(path).stem), out.open, out)
    assert len(out.records) == 6
    assert all(record["image"].startswith(f"{portraits.stem}/s1-0000") for record in out.records)
    assert set(out.records[0]) < set(out.columns)
    assert not out.single
    assert out.lines[0] == "12 expected"
    assert out.lines[-1] == "closed"


def test_paths_are_checked_before_anything_is_opened(model, portraits, tmp_path):
    out = Recorder()
    for changes, error, message in (
        ({"picture": tmp_path}, UsageError, "--picture .*: a folder"),
        ({"picture": tmp_path / "no" / "a.png"}, UsageError, "no folder"),
        ({"neutral": [tmp_path]}, UsageError, "--neutral .*: a folder"),
        ({"neutral": [tmp_path / "a.png"]}, FileNotFoundError, r"a\.png: no such file"),
    ):
        with pytest.raises(error, match=message):
            run(request(model, portraits, **changes), out.open, out)
    assert (out.records, out.lines) == ([], [])
