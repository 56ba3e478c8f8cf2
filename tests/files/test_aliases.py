"""Paths in UTF-8 for libraries that accept no others."""

import os

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from painctl.files.aliases import utf8_path

ODD = os.fsdecode(b"caf\xe9")


def test_safetensors_reads_and_writes_through_it(tmp_path):
    (tmp_path / ODD).mkdir()
    tensors = {"a": torch.arange(3.0)}
    with utf8_path(tmp_path / ODD) as folder:
        save_file(tensors, folder / "state")
    assert [path.name for path in (tmp_path / ODD).iterdir()] == ["state"]
    (tmp_path / ODD / "state").rename(tmp_path / f"{ODD}.safetensors")
    with utf8_path(tmp_path / f"{ODD}.safetensors") as path, safe_open(path, "pt") as file:
        assert torch.equal(file.get_tensor("a"), tensors["a"])
    with utf8_path(tmp_path / f"{ODD}.safetensors") as path:
        assert torch.equal(load_file(path)["a"], tensors["a"])


def test_other_paths_are_used_as_they_are(tmp_path):
    with utf8_path(tmp_path / "käse") as path:
        assert path == tmp_path / "käse"
    with pytest.raises(FileNotFoundError, match="caf"), utf8_path(tmp_path / ODD):
        pass
