"""painctl rig-train, as it is typed, small: from a seed to weights that rig takes."""

import pytest

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


def test_the_record_tells_how_and_no_folder_of_the_machine(trained):
    about = read(trained).about
    assert about["command"] == "painctl rig-train --people 2 --steps 2 --seed 5 -o rig.safetensors"
    assert (about["seed"], about["people"], about["steps"]) == (5, 2, 2)


def test_rig_takes_them_and_says_so_in_the_history(painctl, trained, tmp_path):
    painctl("sample-ids", "-n", 1, "--seed", 3, "-o", "ids.h5")
    options = ("--engine", "neural", "--weights", trained, "--au", "AU4=5,AU43=1")
    done = painctl("rig", *options, "ids.h5", "-o", "faces.h5")
    assert (done.returncode, done.stderr) == (0, "")
    with Shard(tmp_path / "faces.h5") as shard:
        record = shard.history[-1]
        assert record["engine"] == "neural"
        assert len(record["weights"]) == 16
        assert shard.read("expressions", "PSPI").tolist() == [0, 6]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "weights.pt"], "the name of the weights ends in .safetensors"),
        (["-o", "nowhere/rig.safetensors"], "nowhere: no such folder"),
        (["--steps", "0"], "--steps"),
    ],
)
def test_what_cannot_be_is_said_at_once(painctl, words, said):
    done = painctl("rig-train", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_earlier_weights_are_not_replaced_unasked(painctl, tmp_path):
    (tmp_path / "rig.safetensors").write_bytes(b"mine")
    done = painctl("rig-train", "-o", "rig.safetensors")
    assert done.returncode == 2
    assert "--overwrite replaces it" in done.stderr
    assert (tmp_path / "rig.safetensors").read_bytes() == b"mine"
