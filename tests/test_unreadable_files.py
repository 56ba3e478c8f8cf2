"""Models, weights and results that another user may not read: each is named, and permission is what is denied."""

import codecs
import os
import tempfile
from pathlib import Path

import pytest
import torch
from made_faces import tiny_config
from made_flame import make_arrays, pickled
from made_released import random_state
from safetensors.torch import save_file
from torch import nn
from transformers import DINOv3ViTModel

from painctl.cli.errors import message
from painctl.evidence.run import read_run
from painctl.face.flame.model_file import read_flame
from painctl.rig.neural.weights import read, shipped
from painctl.runs.resume import Checkpointer
from painctl.vitpain.checkpoints import load, save
from painctl.vitpain.model import build
from painctl.vitpain.model_folder import FILES, README
from painctl.vitpain.pretrained import load_pretrained
from painctl.vitpain.released_checkpoint import load_released
from painctl.vitpain.settings import TrainingSettings

NOBODY = 65534


def message_for_others(action):
    """The error message of an action in a process without the privileges of root."""
    codecs.lookup("utf-8-sig")  # others may not be able to read the standard library, if it is in a home folder
    reader, writer = os.pipe()
    if not os.fork():
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            action()
            text = "no error"
        except BaseException as error:
            text = message(error)
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    os.wait()
    with os.fdopen(reader) as answer:
        return answer.read()


@pytest.fixture(scope="module")
def folder():
    """A folder that others may enter, with files of every kind."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        save(place / "model", build("compact"), TrainingSettings(), "")
        DINOv3ViTModel(tiny_config()).save_pretrained(place / "dino")
        save_file(random_state(), place / "released.safetensors")
        torch.save({"state_dict": random_state()}, place / "released.ckpt")
        (place / "rig.safetensors").write_bytes(shipped().read_bytes())
        (place / "flame.pkl").write_bytes(pickled(make_arrays()))
        (place / "run").mkdir()
        (place / "run" / "fold-1.json").write_text("{}")
        (place / "state").write_bytes(b"")
        yield place


def resume(path):
    linear = nn.Linear(1, 1)
    Checkpointer(path, {}).load(linear, torch.optim.Adam(linear.parameters()))


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        *((f"model/{file}", lambda path: load(path.parent)) for file in FILES if file != README),
        *((f"dino/{file}", lambda path: load_pretrained(str(path.parent))) for file in ("config.json", FILES[0])),
        ("released.safetensors", load_released),
        ("released.ckpt", load_released),
        ("rig.safetensors", read),
        ("flame.pkl", read_flame),
        ("run/fold-1.json", lambda path: read_run(path.parent)),
        ("state", resume),
    ],
)
def test_a_file_of_another_user_is_not_missing(folder, name, reader):
    path = folder / name
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        assert message_for_others(lambda: reader(path)) == f"{path}: permission denied"
    finally:
        path.chmod(mode)


@pytest.mark.parametrize("mode", [0, 0o400, 0o100])
def test_a_folder_of_another_user_is_not_missing(folder, mode):
    (folder / "model").chmod(mode)
    try:
        text = message_for_others(lambda: load(folder / "model"))
    finally:
        (folder / "model").chmod(0o755)
    assert text.startswith(f"{folder}/model")
    assert text.endswith(": permission denied")


def test_a_model_that_was_just_trained_is_readable_by_others(folder):
    before = os.umask(0o022)
    try:
        save(folder / "new", build("compact"), TrainingSettings(), "")
    finally:
        os.umask(before)
    assert message_for_others(lambda: load(folder / "new")) == "no error"
