"""The examples in the docstrings, and the code of docs/python.md."""

import doctest
import re
import shutil
from pathlib import Path

import cv2
import pytest
import torch

import painctl
from painctl.api import dataset, model, shards

PAGE = Path(__file__).parents[2] / "docs/python.md"


@pytest.mark.parametrize("module", [model, dataset, shards])
def test_examples_in_docstrings(module, dataset_file, faces):
    names = {"painctl": painctl, "dataset_path": dataset_file}
    pictures = {name: faces / f"{name}.png" for name in ("pain", "neutral")}
    result = doctest.testmod(module, extraglobs={**names, **pictures})
    assert result.attempted > 0
    assert result.failed == 0


def test_the_code_of_the_page(dataset_file, portraits, faces, tmp_path, monkeypatch):
    for name, picture in (("pain.jpg", "pain.png"), ("ref.jpg", "neutral.png")):
        cv2.imwrite(str(tmp_path / name), cv2.imread(str(faces / picture)))
    shutil.copy(dataset_file, tmp_path / "dataset.h5")
    shutil.copy(portraits, tmp_path / "frames.h5")
    monkeypatch.chdir(tmp_path)
    names = {"torch": torch, "paths": ["pain.jpg", "ref.jpg"]}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(block, names)
    assert names["estimate"].pspi > 1
    assert names["table"]["image"].tolist() == ["pain.jpg", "ref.jpg"]
    assert names["batch"]["face"].shape[1:] == (3, 224, 224)
    assert len(names["labels"]) == len(names["dataset"])
    assert len(names["yaw"])
