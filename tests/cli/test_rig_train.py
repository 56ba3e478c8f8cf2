"""The command rig-train: a tiny training run, whose weights `rig` accepts."""

import pytest
import torch

from painctl.rig.neural.activation import ARKIT
from painctl.rig.neural.weights import read
from painctl.shard.reader import Shard

SMALL = ("--people", 2, "--steps", 2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, head):
    import os
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("trained")
    words = ["rig-train", *map(str, SMALL), "--seed", "5", "-o", str(folder / "rig.safetensors")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "painctl", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{folder}/rig.safetensors\n"
    assert sorted(path.name for path in folder.iterdir()) == ["rig.safetensors"]
    return folder / "rig.safetensors"


def test_the_record_has_the_command_without_the_output_folder(trained):
    about = read(trained).about
    assert about["command"] == "painctl rig-train --people 2 --steps 2 --seed 5 -o rig.safetensors"
    assert (about["seed"], about["people"], about["steps"]) == (5, 2, 2)


def test_rig_accepts_the_weights_and_records_them(painctl, trained, tmp_path):
    painctl("sample-ids", "-n", 1, "--seed", 3, "-o", "ids.h5")
    options = ("--engine", "neural", "--weights", trained, "--au", "AU4=5,AU43=1")
    done = painctl("rig", *options, "ids.h5", "-o", "faces.h5")
    assert (done.returncode, done.stderr) == (0, "")
    with Shard(tmp_path / "faces.h5") as shard:
        record = shard.history[-1]
        assert record["engine"] == "neural"
        assert len(record["weights"]) == 16
        assert shard.read("expressions", "PSPI").tolist() == [0, 6]


def test_arkit_actions_can_be_learned_instead(painctl, tmp_path):
    done = painctl(
        "rig-train", "--actions", "arkit", "--device", "cpu", "--people", 1, "--steps", 1, "-o", "a.safetensors"
    )
    assert (done.returncode, done.stdout) == (0, "a.safetensors\n")
    weights = read(tmp_path / "a.safetensors")
    assert weights.about["actions"] == "arkit"
    assert weights.network.control_set.controls == ARKIT
    painctl("sample-ids", "-n", 1, "--seed", 3, "-o", "ids.h5")
    done = painctl(
        "rig", "--engine", "neural", "--weights", "a.safetensors", "--au", "AU10=5", "ids.h5", "-o", "faces.h5"
    )
    assert (done.returncode, done.stderr) == (0, "")
    with Shard(tmp_path / "faces.h5") as shard:
        neutral, face = (shard.read("expressions", "vertices", row) for row in range(2))
    assert 0.004 < abs(face - neutral).max() < 0.02


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_cuda_without_a_gpu_is_rejected_at_once(painctl, tmp_path):
    done = painctl("rig-train", "--device", "cuda", "-o", "rig.safetensors")
    assert done.returncode == 1
    assert "--device cuda: torch finds no CUDA GPU" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "weights.pt"], "the file name must end in .safetensors"),
        (
            ["-o", "nowhere/rig.safetensors"],
            "-o nowhere/rig.safetensors: no folder nowhere; `mkdir -p nowhere` makes it",
        ),
        (["--steps", "0"], "--steps"),
        (["--actions", "facs"], "'facs' is not one of 'pain', 'arkit'"),
    ],
)
def test_invalid_options_are_rejected_at_once(painctl, words, message):
    done = painctl("rig-train", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_existing_weights_are_replaced_only_on_request(painctl, tmp_path):
    (tmp_path / "rig.safetensors").write_bytes(b"mine")
    done = painctl("rig-train", "-o", "rig.safetensors")
    assert done.returncode == 2
    assert "--overwrite replaces it" in done.stderr
    assert (tmp_path / "rig.safetensors").read_bytes() == b"mine"
