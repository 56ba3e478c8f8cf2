"""The model that comes with painctl, and copies of painctl without one."""

import hashlib
import json

import pytest
import torch
from safetensors.torch import load_file

from painctl.records import USAGE
from painctl.vitpain.checkpoints import save
from painctl.vitpain.model import build
from painctl.vitpain.model_folder import trained_on
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


def test_predict_uses_the_shipped_model_unless_another_is_named(predict, equipped_package, tmp_path):
    save(tmp_path / "other", build("compact", seed=1), TrainingSettings(), "none")
    shipped = scores(predict(equipped_package, "frames.h5 --json"))
    assert scores(predict(equipped_package, "frames.h5 --json", PAINCTL_MODEL="other")) != shipped
    assert scores(predict(equipped_package, "frames.h5 --json -m painctl", PAINCTL_MODEL="other")) == shipped


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
    assert (record["model"], record["model_sha256"]) == ("painctl model 1.0", digest)
    listed = {}
    for package in (bare_package, equipped_package):
        done = sh("painctl engines --json", env={"PYTHONPATH": str(package)})
        listed[package] = next(engine for engine in json.loads(done.stdout) if engine["stage"] == "predict")
    assert listed[equipped_package] == {
        "stage": "predict",
        "name": "painctl",
        "works": True,
        "note": f"painctl model 1.0, SHA-256 {digest}..., licence MIT",
    }
    assert not listed[bare_package]["works"]
    assert "--model" in listed[bare_package]["note"]


def test_training_starts_from_the_shipped_model(sh, tmp_path, dataset_file, bare_package, equipped_package):
    weights = equipped_package / "painctl/models/vitpain/model.safetensors"
    line = f"painctl pretrain {dataset_file} --init-from painctl --epochs 0 -o further"
    done = sh(line, env={"PYTHONPATH": str(equipped_package)})
    assert done.returncode == 0, done.stderr
    shipped, further = (load_file(path) for path in (weights, tmp_path / "further/model.safetensors"))
    assert all(torch.equal(tensor.float(), further[name]) for name, tensor in shipped.items())
    assert trained_on(tmp_path / "further") == ["s1-00001"]
    done = sh(line, env={"PYTHONPATH": str(bare_package)})
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert b"--init-from painctl: this copy of painctl comes without a model" in done.stderr
