from pathlib import Path

import pytest

from painctl.records import UsageError
from painctl.vitpain import shipped
from painctl.vitpain.shipped import find_model, named_model


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """The folder in which this copy of painctl has a model."""
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    monkeypatch.delenv("PAINCTL_MODEL", raising=False)
    return tmp_path


def test_the_named_model_comes_before_the_variable_and_that_before_the_shipped_one(weights, monkeypatch):
    assert find_model(None) == find_model("painctl") == weights
    monkeypatch.setenv("PAINCTL_MODEL", "variable")
    assert find_model(None) == Path("variable")
    assert find_model("named") == Path("named")
    assert find_model("painctl") == weights
    monkeypatch.setenv("PAINCTL_MODEL", "painctl")
    assert find_model(None) == weights


def test_a_folder_may_have_the_name_of_the_shipped_model(weights):
    assert named_model("./painctl", "--model") == Path("painctl")


def test_without_weights_a_model_must_be_named(weights, monkeypatch):
    (weights / "config.json").unlink()
    assert find_model("named") == Path("named")
    for given, message in ((None, "no model: add --model DIR"), ("painctl", "--model painctl: this copy of painctl")):
        with pytest.raises(UsageError, match=message):
            find_model(given)
    monkeypatch.setenv("PAINCTL_MODEL", "painctl")
    with pytest.raises(UsageError, match="PAINCTL_MODEL painctl: this copy"):
        find_model(None)
