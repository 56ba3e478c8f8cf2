import json
import os
import resource

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save

from painctl.files.seals import UNSEALED, sealed
from painctl.rig.neural import training
from painctl.rig.neural.training import initial_network
from painctl.rig.neural.weights import Weights, encode, read, shipped


@pytest.fixture(scope="module")
def contents(source):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "_OPENNESS_PEOPLE", 6)
        return encode(Weights(initial_network(source, 0), source.template, {"seed": 0}))


@pytest.fixture
def path(contents, tmp_path):
    file = tmp_path / "rig.safetensors"
    file.write_bytes(contents)
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


def rewrite(path, change):
    """Change a file, and seal it again."""
    with safe_open(path, "pt") as file:
        record = json.loads(file.metadata()["painctl"])
    tensors = load_file(path)
    change(tensors, record)
    tensors = {name: tensor.contiguous() for name, tensor in tensors.items()}
    text = json.dumps({**record, **UNSEALED})
    path.write_bytes(sealed(save(tensors, {"painctl": text})) if record else save(tensors))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without, "template/modes"),
        (other_format, "its format is 'painctl neural rig 9'"),
        (other_size, r"network/carried has shape \[100, 66\], but its record says"),
        (invalid_faces, "the arrays of its template do not match"),
        (no_record, "painctl"),
        (no_history, "its record: has no about; expected an object"),
        (not_finite, "network/carried has numbers that are not finite"),
        (shut_eyes, "the eyes of its template are not open"),
    ],
)
def test_an_inconsistent_file_is_rejected(path, change, reason):
    rewrite(path, change)
    with pytest.raises(ValueError, match=rf"rig.safetensors: not weights of the neural rig.*{reason}"):
        read(path)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("width", 40_000, r"network/\S+ has shape .*, but its record says"),
        ("texels", 900_000, r"network/\S+ has shape .*, but its record says \[900000"),
        ("channels", 10**12, "shape: channels is 1000000000000, expected a whole number from 1 to 1,000,000"),
        ("blocks", 10**9, "shape: blocks is 1000000000, expected a whole number from 1 to 50"),
        ("code", -1, "shape: code is -1"),
        ("marks", 16.0, "shape: marks is 16.0, expected a whole number"),
        ("lore", True, "shape: lore is True"),
        ("actions", "all", "shape: actions is 'all', expected one of pain, arkit"),
        ("actions", "arkit", r"has shape .*, but its record says"),
        ("depth", 3, "shape: 'depth' is not a field of it"),
    ],
)
def test_sizes_in_the_record_are_bounded_by_the_arrays(path, field, value, reason):
    rewrite(path, lambda tensors, record: record["shape"].update({field: value}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=rf"rig.safetensors: not weights of the neural rig.*{reason}"):
        read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_every_flipped_bit_is_reported(tmp_path):
    path, rng = tmp_path / "rig.safetensors", np.random.default_rng(0)
    whole = bytearray(shipped().read_bytes())
    for place in (0, 7, 8, *rng.integers(8, 5_000, 20), *rng.integers(len(whole), size=40), len(whole) - 1):
        bit = 1 << int(rng.integers(8))
        whole[place] ^= bit
        path.write_bytes(whole)
        with pytest.raises(ValueError, match=r"rig\.safetensors: not weights of the neural rig"):
            read(path)
        whole[place] ^= bit


def test_a_file_of_an_earlier_version_has_no_checksum(path):
    with safe_open(path, "pt") as file:
        record = json.loads(file.metadata()["painctl"]) | {"format": "painctl neural rig 1"}
    del record["sha256"]
    path.write_bytes(save(load_file(path), {"painctl": json.dumps(record)}))
    assert read(path).about == {"seed": 0}


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"\x80\x04."])
def test_a_file_of_another_format_is_rejected(tmp_path, content):
    path = tmp_path / "rig.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not weights of the neural rig"):
        read(path)


def test_the_error_for_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="rig-train"):
        read(tmp_path / "none.safetensors")


def test_special_files_and_placeholders_are_named(tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    with pytest.raises(ValueError, match="pipe: a named pipe, not a file"):
        read(pipe)
    (pointer := tmp_path / "rig.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ValueError, match=r"rig\.safetensors: a Git LFS pointer"):
        read(pointer)
