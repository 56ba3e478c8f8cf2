import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from painctl.vitpain import shipping
from painctl.vitpain.checkpoints import load, save
from painctl.vitpain.pwct import build_pwct
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.shipping import ship

LOG = [
    {"epoch": 1, "validation_pspi": 0.03, "validation_pcc": 0.5},
    {"epoch": 2, "validation_pspi": 0.01, "validation_pcc": 0.8125},
    {"epoch": 3, "validation_pspi": 0.02, "validation_pcc": 0.9},
]


@pytest.fixture
def trained(tmp_path, tiny):
    save(tmp_path / "model", tiny(), TrainingSettings(seed=3), "the frontal view", ["s1-00001", "s1-00002"], LOG)
    return tmp_path / "model"


def test_a_shipped_model_is_stored_in_half_precision_and_loaded_in_single(tmp_path, trained, pictures):
    ship(trained, tmp_path / "shipped", "1.0", "MIT")
    stored = load_file(tmp_path / "shipped/model.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    before, after = load(trained).model, load(tmp_path / "shipped").model
    assert {tensor.dtype for tensor in after.state_dict().values()} == {torch.float32}
    for name, tensor in before.state_dict().items():
        assert torch.equal(after.state_dict()[name], tensor.half().float())
    with torch.inference_mode():
        for full, half in zip(before(*pictures)[:3], after(*pictures)[:3], strict=True):
            assert torch.allclose(full, half, atol=5e-3)


def test_the_same_model_is_shipped_as_the_same_bytes(tmp_path, trained):
    for name in ("first", "second"):
        ship(trained, tmp_path / name, "1.0", "MIT", "## Tests\n\nNone.\n")
    files = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("first", "second")]
    assert files[0] == files[1]
    assert sorted(files[0]) == ["CARD.md", "SHA256SUMS", "config.json", "model.safetensors"]


def test_the_card_says_what_the_model_is_and_how_it_was_trained(tmp_path, trained):
    ship(trained, tmp_path / "shipped", "1.0", "MIT", "## Tests\n\nNone.\n")
    card = (tmp_path / "shipped/CARD.md").read_text()
    sums = dict(reversed(line.split("  ")) for line in (tmp_path / "shipped/SHA256SUMS").read_text().splitlines())
    count = sum(tensor.numel() for tensor in load_file(trained / "model.safetensors").values())
    for words in (
        "# The pain model of painctl, version 1.0\n",
        "Not a medical device",
        f"{count:,} weights, stored in half precision",
        f"`{sums['model.safetensors']}`",
        "on 2 people",
        "epoch 2 of 3, with the least error on the validation people, where PSPI correlates with the labels at 0.812",
        "| `seed` | 3 |",
        "Licence: MIT",
    ):
        assert words in card
    assert card.endswith("\n\n## Tests\n\nNone.\n")
    config = json.loads((tmp_path / "shipped/config.json").read_text())
    assert (config["name"], config["version"], config["licence"]) == ("painctl", "1.0", "MIT")


def test_a_shipped_model_replaces_an_earlier_one_but_nothing_else(tmp_path, trained):
    target = tmp_path / "shipped"
    for version in ("1.0", "2.0"):
        ship(trained, target, version, "MIT")
        assert json.loads((target / "config.json").read_text())["version"] == version
    (target / "thesis.txt").write_text("precious")
    with pytest.raises(FileExistsError, match=r"contains thesis\.txt"):
        ship(trained, target, "3.0", "MIT")
    assert (target / "thesis.txt").exists()


def test_what_cannot_be_shipped_is_refused(tmp_path, trained, tiny, monkeypatch):
    large = tiny()
    large.pspi[-1].bias.data.fill_(1e6)
    save(tmp_path / "large", large, TrainingSettings(), "none")
    with pytest.raises(ValueError, match=r"pspi.*bias: has weights beyond half precision \(1e\+06\)"):
        ship(tmp_path / "large", tmp_path / "shipped", "1.0", "MIT")
    save(tmp_path / "pwct", build_pwct(0), TrainingSettings(), "none")
    with pytest.raises(ValueError, match="pwct: a pwct model"):
        ship(tmp_path / "pwct", tmp_path / "shipped", "1.0", "MIT")
    monkeypatch.setattr(shipping, "LARGEST", 1000)
    with pytest.raises(ValueError, match=r"MB in half precision; at most 0 MB is shipped"):
        ship(trained, tmp_path / "shipped", "1.0", "MIT")
    assert not (tmp_path / "shipped").exists()


def test_the_command_line(tmp_path, trained):
    def run(*words):
        command = [sys.executable, "-m", "painctl.vitpain.shipping", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    (tmp_path / "notes.md").write_text("## Tests\n\nNone.")
    done = run("model", "--version", "1.0", "--notes", "notes.md", "-o", "shipped")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert Path(tmp_path / "shipped/CARD.md").read_text().endswith("None.\n")
    done = run("nowhere", "--version", "1.0", "-o", "other")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "nowhere: no such folder" in done.stderr
