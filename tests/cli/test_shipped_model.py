"""The model that comes with painctl, and copies of painctl without one."""

import hashlib
import json

import pytest

from painctl.records import USAGE
from painctl.vitpain.checkpoints import save
from painctl.vitpain.model import build
from painctl.vitpain.settings import TrainingSettings


@pytest.fixture
def predict(sh, tmp_path, portraits):
    """Run `painctl predict` with these arguments on the painctl in `package`; returns the finished process."""
    (tmp_path / "frames.h5").symlink_to(portraits)

    def predict(package, words, **environment):
        return sh(f"painctl predict {words}", env={"PYTHONPATH": str(package), **environment})

    return predict


def scores(done):
    assert done.returncode == 0, done.stderr
    return [record["pspi"] for record in json.loads(done.stdout)]


def test_predict_uses_the_named_model_then_that_of_the_variable_then_the_shipped_one(
    predict, equipped_package, tmp_path
):
    save(tmp_path / "named", build("compact", seed=1), TrainingSettings(), "none")
    save(tmp_path / "variable", build("compact", seed=2), TrainingSettings(), "none")
    save(tmp_path / "painctl", build("compact", seed=3), TrainingSettings(), "none")
    words = "frames.h5 --json"
    shipped = scores(predict(equipped_package, words))
    named = scores(predict(equipped_package, f"{words} -m named"))
    variable = scores(predict(equipped_package, words, PAINCTL_MODEL="variable"))
    folder = scores(predict(equipped_package, f"{words} -m ./painctl"))
    assert len({tuple(values) for values in (shipped, named, variable, folder)}) == 4
    assert scores(predict(equipped_package, f"{words} -m named", PAINCTL_MODEL="variable")) == named
    assert scores(predict(equipped_package, f"{words} -m painctl", PAINCTL_MODEL="variable")) == shipped


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("a.png --neutral b.png", "no model: add --model DIR or set PAINCTL_MODEL"),
        ("a.png --neutral b.png -m painctl", "--model painctl: this copy of painctl comes without a model"),
    ],
)
def test_without_a_shipped_model_the_error_says_how_to_name_one(predict, bare_package, words, message):
    done = predict(bare_package, words)
    (line,) = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert line.startswith(f"painctl predict: {message}")


def test_records_and_engines_name_the_shipped_model(predict, sh, bare_package, equipped_package):
    weights = equipped_package / "painctl/models/vitpain/model.safetensors"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:16]
    (record, *_) = json.loads(predict(equipped_package, "frames.h5 --json").stdout)
    assert (record["model"], record["model_sha256"]) == ("painctl 1.0", digest)
    listed = {}
    for package in (bare_package, equipped_package):
        done = sh("painctl engines --json", env={"PYTHONPATH": str(package)})
        listed[package] = next(engine for engine in json.loads(done.stdout) if engine["stage"] == "predict")
    assert listed[equipped_package] == {
        "stage": "predict",
        "name": "painctl",
        "works": True,
        "note": f"painctl 1.0, SHA-256 {digest}..., licence MIT",
    }
    assert not listed[bare_package]["works"]
    assert "--model" in listed[bare_package]["note"]
