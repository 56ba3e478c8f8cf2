import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save

from painctl.aligner.network import Architecture, LandmarkNet
from painctl.aligner.shipped import FILE, shipped_aligner
from painctl.aligner.weights import encode, read, read_record
from painctl.files.seals import UNSEALED, sealed


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "aligner.safetensors"
    file.write_bytes(encode(LandmarkNet(Architecture(48, (8, 16), 32)), {"seed": 4}))
    return file


def rewrite(path, change, tensors=None):
    with safe_open(path, "pt") as file:
        record = json.loads(file.metadata()["painctl"])
    change(record)
    path.write_bytes(sealed(save(tensors or load_file(path), {"painctl": json.dumps({**record, **UNSEALED})})))


def test_weights_are_read_back(path):
    network = read(path)
    assert not network.training
    assert network.architecture == Architecture(48, (8, 16), 32)
    assert read_record(path)["about"] == {"seed": 4}
    assert encode(network, {"seed": 4}) == path.read_bytes()


def test_a_changed_byte_is_reported(path):
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"aligner\.safetensors: not weights of the aligner.*changed or damaged"):
        read(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda record: record.update(format="painctl aligner 9"), "its format is"),
        (lambda record: record["architecture"].update(stem=[8, 24]), r"this aligner expects"),
        (lambda record: record["architecture"].update(hidden=10**9), "hidden"),
        (lambda record: record.pop("about"), "about"),
    ],
)
def test_a_record_that_does_not_fit_is_reported(path, change, message):
    rewrite(path, change)
    with pytest.raises(ValueError, match=message):
        read(path)


def test_weights_that_are_not_finite_are_rejected(path):
    tensors = load_file(path)
    tensors["out.bias"][3] = torch.nan
    rewrite(path, lambda record: None, tensors)
    with pytest.raises(ValueError, match=r"out\.bias has NaN"):
        read(path)


def test_the_aligner_that_comes_with_painctl_is_small_and_says_how_it_was_trained():
    assert FILE.stat().st_size < 2_000_000
    assert {"painctl", "seed", "epochs", "data", "frames"} <= read_record(FILE)["about"].keys()
    assert shipped_aligner() is shipped_aligner()
