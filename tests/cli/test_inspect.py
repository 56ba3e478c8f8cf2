"""painctl inspect, as typed: a shard that a forger made, and models."""

import json

import pytest
from forged import forge

from painctl.files.seals import sha256
from painctl.records import USAGE
from painctl.vitpain.checkpoints import save
from painctl.vitpain.model import build
from painctl.vitpain.settings import TrainingSettings

SCORES = {"PCC": 0.5, "MAE": 2.5, "AUROC@1": None, "AUROC@2": 0.9, "AUROC@3": 1.0}
ABOUT = {
    "data": {
        "sha256": "ab" * 32,
        "training": {"people": 7, "frames": 70},
        "validation": {"people": 2, "frames": 20},
        "licences": ["Smith's\x1b[2J"],
    },
    "validation": {"epoch": 3, "scores": SCORES, "median": {"pspi": 3.0, "scores": {**SCORES, "PCC": None}}},
    "initial": {"name": "painctl model 0.5", "sha256": "cd" * 32, "licence": "MIT"},
}


@pytest.fixture
def weak(tmp_path):
    """A model that is no better than the median."""
    save(tmp_path / "weak", build("compact"), TrainingSettings(epochs=9), "none", ["a"] * 9, about=ABOUT)
    return tmp_path / "weak"


def test_a_model_says_what_it_is(sh, weak):
    done = sh("painctl inspect weak")
    assert (done.returncode, done.stderr) == (0, b"")
    text = " ".join(done.stdout.decode().split())
    for words in (
        "model weak",
        f"SHA-256 {sha256(weak / 'model.safetensors')}",
        "a face, 48 x 48 pixels, and a neutral face of the same person",
        "PSPI, P(PSPI >= 1), six action units",
        f"data {'ab' * 32}",
        "9, of this dataset 7 for training (70 frames), 2 for validation (20 frames)",
        "started from painctl model 0.5",
        "epoch 3 of 9",
        "MAE 2.500 2.500",
        "no better than the median",
        "Smith's\\x1b[2J",
    ):
        assert words in text
    record = json.loads(sh("painctl inspect weak --json").stdout)
    assert (record["parameters"], record["scores"], record["beats_median"]) == (85_480, SCORES, False)
    assert sh("painctl inspect weak --card").stdout == (weak / "README.md").read_bytes().replace(b"\x1b", b"\\x1b")


def test_a_released_checkpoint_is_inspected(sh, tmp_path):
    import torch
    from made_released import random_state

    torch.save({"state_dict": random_state()}, tmp_path / "best.ckpt")
    record = json.loads(sh("painctl inspect best.ckpt --json").stdout)
    assert (record["kind"], record["model"], record["sha256"]) == (
        "released",
        "best.ckpt",
        sha256(tmp_path / "best.ckpt"),
    )
    assert sh("painctl inspect best.ckpt").returncode == 0


def test_a_damaged_model_and_options_for_shards(sh, weak):
    for line, status, message in (
        ("weak weak", USAGE, b"weak: a model; inspect it alone"),
        ("weak --sheet a.png", USAGE, b"--sheet draws what a shard holds, and weak is a model"),
    ):
        done = sh(f"painctl inspect {line}")
        assert (done.returncode, done.stdout) == (status, b"")
        assert message in done.stderr
    weights = bytearray((weak / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (weak / "model.safetensors").write_bytes(weights)
    done = sh("painctl inspect weak")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"not the file that SHA256SUMS lists" in done.stderr


def test_control_characters_of_a_shard_do_not_reach_the_terminal(sh, write_shard):
    def change(file):
        file.attrs["stage"] = "rig\x1b[31m\x07"
        file.attrs["history"] = '[{"stage": "rig\\u001b", "a\\u0007": "\\u001b]0;x"}]'
        file.attrs["card"] = "# card\x1b[2J\n"

    path = forge(write_shard("a.h5", [0]), change)
    for options, shown in (("", b"rig\\x1b[31m\\x07"), ("--card", b"# card\\x1b[2J\n"), ("--json", b"rig\\u001b")):
        done = sh(f"painctl inspect {options} {path}")
        assert done.returncode == 0
        assert shown in done.stdout
        assert not {0x1B, 0x07} & set(done.stdout + done.stderr)
