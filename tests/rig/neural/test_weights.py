import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from painctl.rig.neural.training import untaught
from painctl.rig.neural.weights import Weights, encode, read, shipped


@pytest.fixture
def kept(teacher, tmp_path):
    path = tmp_path / "rig.safetensors"
    path.write_bytes(encode(Weights(untaught(teacher, 0), teacher.template, {"seed": 0})))
    return path


def test_what_is_kept_comes_back(kept, teacher):
    found, before = read(kept), untaught(teacher, 0)
    assert found.about == {"seed": 0}
    assert not found.network.training
    for name, value in before.state_dict().items():
        torch.testing.assert_close(found.network.state_dict()[name], value, atol=1e-3, rtol=1e-3)
    np.testing.assert_array_equal(found.template.moves, teacher.template.moves)
    np.testing.assert_array_equal(found.template.model.faces, teacher.template.model.faces)
    np.testing.assert_allclose(found.template.model.mean, teacher.template.model.mean, atol=1e-6)
    np.testing.assert_allclose(found.template.model.modes, teacher.template.model.modes, atol=1e-3)


def test_the_same_weights_are_the_same_bytes(kept, teacher):
    assert encode(Weights(untaught(teacher, 0), teacher.template, {"seed": 0})) == kept.read_bytes()


def test_those_that_come_with_painctl_say_how_they_were_trained():
    weights = read(shipped())
    assert shipped().stat().st_size < 8 << 20
    assert weights.about["command"].startswith("painctl rig-train")
    card = shipped().with_name("neural-rig.md").read_text()
    assert weights.about["command"] in card
    assert f"seed {weights.about['seed']}" in card


def without(tensors, record):
    del tensors["template/modes"]


def other_format(tensors, record):
    record["format"] = "painctl neural rig 9"


def other_size(tensors, record):
    tensors["network/carried"] = tensors["network/carried"][:100]


def odd_faces(tensors, record):
    tensors["template/faces"] = tensors["template/faces"] + 1


def no_record(tensors, record):
    record.clear()


def no_history(tensors, record):
    del record["about"]


def not_finite(tensors, record):
    tensors["network/carried"][5, 5] = float("nan")


def shut_eyes(tensors, record):
    tensors["template/apertures"].zero_()


@pytest.mark.parametrize(
    "change", [without, other_format, other_size, odd_faces, no_record, no_history, not_finite, shut_eyes]
)
def test_what_does_not_fit_is_refused_by_the_files_name(kept, change):
    from safetensors import safe_open

    with safe_open(kept, "pt") as file:
        record = json.loads(file.metadata()["painctl"])
    tensors = load_file(kept)
    change(tensors, record)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, kept, {"painctl": json.dumps(record)})
    with pytest.raises(ValueError, match=r"rig.safetensors: no weights of the neural rig"):
        read(kept)


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"\x80\x04."])
def test_what_is_no_safetensors_is_refused(tmp_path, content):
    path = tmp_path / "rig.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no weights of the neural rig"):
        read(path)


def test_a_file_that_is_not_there_says_how_to_get_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="rig-train"):
        read(tmp_path / "none.safetensors")
