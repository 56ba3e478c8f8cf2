"""The command sample-ids --convert-flame."""

import pytest
from made_flame import make_arrays, pickled

from painctl.face.flame.model_file import read_flame


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "generic_model.pkl"
    path.write_bytes(pickled(make_arrays(), ("shapedirs", "v_template")))
    return path


@pytest.mark.parametrize("name", ["flame.safetensors", "flame.npz"])
def test_a_model_is_converted(painctl, tmp_path, model, name):
    done = painctl("sample-ids", "--convert-flame", model, "-o", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{name}\n", "")
    assert (read_flame(tmp_path / name).shapes == read_flame(model).shapes).all()
    rerun = painctl("sample-ids", "--convert-flame", model, "-o", name)
    assert rerun.returncode == 2
    assert f"{name}: exists; --overwrite" in rerun.stderr
    assert painctl("sample-ids", "--convert-flame", model, "-o", name, "--overwrite").returncode == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["-o", "flame.h5"], 2, "--convert-flame needs -o NAME.safetensors or NAME.npz"),
        ([], 2, "--convert-flame needs -o"),
        (["-n", 3, "-o", "flame.npz"], 2, "--convert-flame and -n cannot be combined"),
        (["-o", "nowhere/flame.npz"], 1, "nowhere/flame.npz: no folder nowhere; `mkdir -p nowhere` makes it"),
    ],
)
def test_invalid_options_are_rejected(painctl, model, options, code, words):
    done = painctl("sample-ids", "--convert-flame", model, *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr


def test_a_hostile_model_is_rejected_and_leaves_no_file(painctl, tmp_path):
    (tmp_path / "flame2023.pkl").write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    done = painctl("sample-ids", "--convert-flame", "flame2023.pkl", "-o", "flame.npz")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("painctl sample-ids: flame2023.pkl: not a FLAME model: it imports os.system")
    assert [path.name for path in tmp_path.iterdir()] == ["flame2023.pkl"]
    assert "no such file" in painctl("sample-ids", "--convert-flame", "no.pkl", "-o", "flame.npz").stderr


def test_the_number_of_people_is_required(painctl):
    done = painctl("sample-ids", "-o", "ids.h5")
    assert done.returncode == 2
    assert "missing option --number / -n" in done.stderr
