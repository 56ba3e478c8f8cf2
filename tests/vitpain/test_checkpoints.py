import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from painctl import __version__
from painctl.vitpain import checkpoints
from painctl.vitpain.checkpoints import is_trained_with, kind_and_architecture, load, save, trained_on
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
    loaded = load(tmp_path / "model")
    assert (loaded.version, loaded.training["seed"], loaded.neutral) == (__version__, 3, "the frontal view")
    assert loaded.model.state_dict().keys() == model.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(loaded.model.state_dict()[name], tensor)
    assert all(torch.equal(a, b) for a, b in zip(loaded.model(*pictures)[:3], model(*pictures)[:3], strict=True))
    assert (tmp_path / "model" / "log.jsonl").read_text() == '{"epoch": 1}\n'


def test_the_same_model_gives_the_same_bytes(tmp_path, folder, tiny):
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


def test_the_folder_is_complete_or_absent(tmp_path, tiny, monkeypatch):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "save_file", no_space)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path / "model", tiny(), TrainingSettings(), "")
    assert not list(tmp_path.iterdir())


def test_the_configuration_records_people_settings_and_architecture(folder, tiny):
    assert trained_on(folder) == ["s1-00001", "s1-00002"]
    assert is_trained_with(folder, TrainingSettings(seed=3))
    assert not is_trained_with(folder, TrainingSettings(seed=4))
    kind, architecture = kind_and_architecture(folder)
    assert (kind, architecture["head_sizes"]) == ("vitpain", list(tiny().architecture.head_sizes))


def test_an_existing_folder_is_replaced_only_with_overwrite(tmp_path, folder, tiny):
    with pytest.raises(FileExistsError, match="model: already exists"):
        save(folder, tiny(), TrainingSettings(), "")
    (folder / ".DS_Store").write_bytes(b"\0")
    save(folder, tiny(), TrainingSettings(seed=8), "", overwrite=True)
    assert load(folder).training["seed"] == 8
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    (folder / "thesis.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="more than a model's files"):
        save(folder, tiny(), TrainingSettings(), "", overwrite=True)
    assert (folder / "thesis.txt").exists()


def test_missing_files_are_reported(tmp_path, folder):
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
        (lambda config: config.pop("architecture"), "not a valid model configuration"),
        (lambda config: config["architecture"].pop("preprocess"), "not a valid model configuration"),
        (lambda config: config["architecture"].update(head_sizes="big"), "not a valid model configuration"),
        (
            lambda config: config["architecture"].update(head_sizes=[8]),
            r"has shape \[16\]; the model of config\.json expects \[8\]",
        ),
        (lambda config: config["architecture"].update(adapters=True), "such weights"),
    ],
)
def test_an_invalid_configuration_is_rejected(folder, edit, message):
    change(folder, edit)
    with pytest.raises(ValueError, match=message) as caught:
        load(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_configuration_that_is_not_json(folder):
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"config\.json: not valid JSON"):
        load(folder)


@pytest.mark.parametrize("length", [0, 5, 1000, -1])
def test_truncated_weights(folder, length):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match=r"model\.safetensors: damaged or not safetensors"):
        load(folder)


def test_a_pickle_in_place_of_weights(folder):
    torch.save({"pspi": torch.zeros(1)}, folder / "model.safetensors")
    with pytest.raises(ValueError, match="damaged or not safetensors"):
        load(folder)


def test_weights_with_nan_or_of_another_model(folder):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    save_file({**tensors, "binary.0.0.weight": torch.full((32,), np.nan)}, path)
    with pytest.raises(ValueError, match=r"binary\.0\.0\.weight has NaN or infinite values"):
        load(folder)
    tensors.pop("action_units.queries")
    save_file(tensors, path)
    with pytest.raises(ValueError, match=r"action_units\.queries is missing"):
        load(folder)
