import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from painctl.rig.neural.training import initial_network
from painctl.rig.neural.weights import Weights, encode, read, shipped


@pytest.fixture
def path(source, tmp_path):
    file = tmp_path / "rig.safetensors"
    file.write_bytes(encode(Weights(initial_network(source, 0), source.template, {"seed": 0})))
    return file


def test_weights_are_read_back(path, source):
    weights, before = read(path), initial_network(source, 0)
    assert weights.about == {"seed": 0}
    assert not weights.network.training
    for name, value in before.state_dict().items():
        torch.testing.assert_close(weights.network.state_dict()[name], value, atol=1e-3, rtol=1e-3)
    np.testing.assert_array_equal(weights.template.moves, source.template.moves)
    np.testing.assert_array_equal(weights.template.model.faces, source.template.model.faces)
    np.testing.assert_allclose(weights.template.model.mean, source.template.model.mean, atol=1e-6)
    np.testing.assert_allclose(weights.template.model.modes, source.template.model.modes, atol=1e-3)


def test_the_same_weights_give_the_same_bytes(path, source):
    assert encode(Weights(initial_network(source, 0), source.template, {"seed": 0})) == path.read_bytes()


def test_parameters_keep_their_names_in_files(path):
    names = {name.split("/")[1].split(".")[0] for name in load_file(path) if name.startswith("network/")}
    heads = {"encoder", "shift", "marks", "code", "gain", "by_openness"}
    assert names == heads | {"carried", "lore", "trunk", "alone", "seen", "asked", "together"}


def test_the_bundled_weights_state_how_they_were_trained():
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


def invalid_faces(tensors, record):
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
    "change", [without, other_format, other_size, invalid_faces, no_record, no_history, not_finite, shut_eyes]
)
def test_an_inconsistent_file_is_rejected(path, change):
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        record = json.loads(file.metadata()["painctl"])
    tensors = load_file(path)
    change(tensors, record)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, {"painctl": json.dumps(record)})
    with pytest.raises(ValueError, match=r"rig.safetensors: not weights of the neural rig"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"\x80\x04."])
def test_a_file_of_another_format_is_rejected(tmp_path, content):
    path = tmp_path / "rig.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not weights of the neural rig"):
        read(path)


def test_the_error_for_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="rig-train"):
        read(tmp_path / "none.safetensors")
