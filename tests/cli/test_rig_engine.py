"""The command rig --engine neural."""

import json

import numpy as np
import pytest
from made_steps import write_ids

from painctl.pain.action_units import ACTION_UNITS, pspi
from painctl.shard.reader import Shard


@pytest.fixture
def ids(head, tmp_path):
    write_ids(2, 1000, tmp_path / "ids.h5")
    return "ids.h5"


def test_labels_and_asymmetry_are_those_of_the_blendshapes(painctl, ids, tmp_path):
    for engine in ("blendshapes", "neural"):
        done = painctl("rig", "--engine", engine, "--pspi", "4,12", ids, "-o", f"{engine}.h5")
        assert (done.returncode, done.stderr) == (0, "")
    with Shard(tmp_path / "blendshapes.h5") as blendshapes, Shard(tmp_path / "neural.h5") as neural:
        for column in (*ACTION_UNITS, "PSPI", "asymmetry", "identity_row", "expression"):
            np.testing.assert_array_equal(blendshapes.read("expressions", column), neural.read("expressions", column))
        units = np.stack([neural.read("expressions", name) for name in ACTION_UNITS], 1)
        np.testing.assert_array_equal(neural.read("expressions", "PSPI"), pspi(units))
        truth, rigged = (shard.read("expressions", "vertices").astype(float) for shard in (blendshapes, neural))
        neutral = neural.read("meshes", "vertices").astype(float)
        for row, person in enumerate(neural.read("expressions", "identity_row")):
            assert np.linalg.norm(rigged[row] - truth[row], axis=1).mean() < 2e-4
            if neural.read("expressions", "expression", row) == 0:
                np.testing.assert_array_equal(rigged[row], neutral[person])
                assert not neural.read("expressions", "heatmap", row).any()
            else:
                assert neural.read("expressions", "heatmap", row).max() > 0.2


def test_the_same_command_gives_the_same_bytes_and_resumes(painctl, ids, tmp_path):
    for name in ("one", "two"):
        painctl("rig", "--engine", "neural", "--au", "AU4=3", ids, "-o", f"{name}.h5")
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()
    rerun = painctl("rig", "--engine", "neural", "--au", "AU4=3", ids, "-o", "one.h5")
    assert (rerun.returncode, "1 skipped" in rerun.stderr) == (0, True)
    other_engine = painctl("rig", "--au", "AU4=3", ids, "-o", "one.h5")
    assert (other_engine.returncode, "--overwrite replaces it" in other_engine.stderr) == (2, True)


def test_a_mesh_that_is_not_a_head_is_rejected(painctl, write_shard, tmp_path):
    write_shard("toy.h5", [0, 1], without=("expressions", "frames"))
    done = painctl("rig", "--engine", "neural", "--au", "AU4=3", "toy.h5", "-o", "faces.h5")
    assert done.returncode == 1
    assert "a head has 200 or more" in done.stderr
    assert not (tmp_path / "faces.h5").exists()


def test_blendshapes_on_a_head_without_actions_points_to_the_neural_engine(painctl, write_shard, tmp_path):
    write_shard("toy.h5", [0], without=("expressions", "frames"))
    done = painctl("rig", "--au", "AU4=3", "toy.h5", "-o", "faces.h5")
    assert (done.returncode, "--engine neural does not" in done.stderr) == (1, True)
    assert not (tmp_path / "faces.h5").exists()


@pytest.mark.parametrize(
    ("words", "exit_code", "message"),
    [
        (["--weights", "a.safetensors"], 2, "--weights is only used by --engine neural"),
        (["--engine", "neural", "--weights", "none.safetensors"], 1, "none.safetensors: no such file"),
        (["--engine", "neural", "--weights", "ids.h5"], 1, "ids.h5: not weights of the neural rig"),
        (["--engine", "nural"], 2, "nural"),
    ],
)
def test_wrong_options_are_reported_in_one_line(painctl, ids, words, exit_code, message):
    done = painctl("rig", *words, "--au", "AU4=3", ids, "-o", "faces.h5")
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_neural_rig_is_listed_as_working(painctl):
    listed = json.loads(painctl("engines", "--json").stdout)
    assert [engine["works"] for engine in listed if (engine["stage"], engine["name"]) == ("rig", "neural")] == [True]
