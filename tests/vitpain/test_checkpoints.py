import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from painctl import __version__
from painctl.vitpain import checkpoints
from painctl.vitpain.checkpoints import load, save
from painctl.vitpain.settings import TrainingSettings


@pytest.fixture
def folder(tmp_path, tiny):
    save(
        tmp_path / "model",
        tiny(),
        TrainingSettings(seed=3),
        "the frontal view",
        ["s1-00002", "s1-00001"],
        [{"epoch": 1, "loss": 0.5}],
    )
    return tmp_path / "model"


@pytest.mark.parametrize("adapters", [False, True])
def test_round_trip_is_exact(tmp_path, tiny, pictures, adapters):
    model = tiny(adapters).eval()
    save(
        tmp_path / "model",
        model,
        TrainingSettings(seed=3),
        "the frontal view",
        ["s1-00002", "s1-00001"],
        [{"epoch": 1}],
    )
    read = load(tmp_path / "model")
    assert (read.version, read.training["seed"], read.neutral) == (__version__, 3, "the frontal view")
    assert read.model.state_dict().keys() == model.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(read.model.state_dict()[name], tensor)
    assert all(torch.equal(a, b) for a, b in zip(read.model(*pictures)[:3], model(*pictures)[:3], strict=True))
    assert (tmp_path / "model" / "log.jsonl").read_text() == '{"epoch": 1}\n'


def test_same_model_same_bytes(tmp_path, folder, tiny):
    save(
        tmp_path / "again",
        tiny(),
        TrainingSettings(seed=3),
        "the frontal view",
        ["s1-00002", "s1-00001"],
        [{"epoch": 1, "loss": 0.5}],
    )
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_folder_is_complete_or_absent(tmp_path, tiny, monkeypatch):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "save_file", no_space)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path / "model", tiny(), TrainingSettings(), "")
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_kept_unless_told(tmp_path, folder, tiny):
    with pytest.raises(FileExistsError, match="model: is there already"):
        save(folder, tiny(), TrainingSettings(), "")
    save(folder, tiny(), TrainingSettings(seed=8), "", overwrite=True)
    assert load(folder).training["seed"] == 8
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    (folder / "thesis.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="holds more than a model"):
        save(folder, tiny(), TrainingSettings(), "", overwrite=True)
    assert (folder / "thesis.txt").exists()


def test_missing_pieces_are_named(tmp_path, folder):
    with pytest.raises(FileNotFoundError, match="nowhere: no such folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(NotADirectoryError, match=r"config\.json: not a folder"):
        load(folder / "config.json")
    (folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"no model\.safetensors"):
        load(folder)


def change(folder, edit):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    edit(config)
    path.write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda config: config.update(model_type="dinov3_vit"), "not a painctl model"),
        (lambda config: config.pop("architecture"), "describes no model"),
        (lambda config: config["architecture"].pop("preprocess"), "describes no model"),
        (lambda config: config["architecture"].update(head_sizes="big"), "describes no model"),
        (lambda config: config["architecture"].update(head_sizes=[8]), r"is \[16\], config.json says \[8\]"),
        (lambda config: config["architecture"].update(adapters=True), "such weights"),
    ],
)
def test_configuration_that_does_not_fit(folder, edit, message):
    change(folder, edit)
    with pytest.raises(ValueError, match=message) as caught:
        load(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_configuration_that_is_not_json(folder):
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"config\.json: not JSON"):
        load(folder)


@pytest.mark.parametrize("length", [0, 5, 1000, -1])
def test_weights_cut_short(folder, length):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match=r"model\.safetensors: damaged or not safetensors"):
        load(folder)


def test_weights_that_are_a_pickle(folder):
    torch.save({"pspi": torch.zeros(1)}, folder / "model.safetensors")
    with pytest.raises(ValueError, match="damaged or not safetensors"):
        load(folder)


def test_weights_that_are_no_numbers_or_of_another_model(folder):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    save_file({**tensors, "binary.0.0.weight": torch.full((32,), np.nan)}, path)
    with pytest.raises(ValueError, match=r"binary\.0\.0\.weight holds what is no number"):
        load(folder)
    tensors.pop("action_units.queries")
    save_file(tensors, path)
    with pytest.raises(ValueError, match=r"action_units\.queries is missing"):
        load(folder)
