import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import DINOv3ViTModel

from painctl.vitpain import backbones
from painctl.vitpain.backbones import Preprocess, load_pretrained, whitened_cosines
from painctl.vitpain.losses import losses
from painctl.vitpain.model import build
from painctl.vitpain.settings import TrainingSettings

OWN = {"size": {"height": 32, "width": 32}, "image_mean": [0.43, 0.411, 0.296], "image_std": [0.213, 0.156, 0.143]}


@pytest.fixture
def folder(tmp_path, backbone_config):
    """A tiny DINOv3 as on the hub, with rotary augmentation."""
    torch.manual_seed(1)
    DINOv3ViTModel(backbone_config(pos_embed_rescale=2.0)).save_pretrained(tmp_path / "dino")
    return tmp_path / "dino"


def test_preprocessing_is_read_from_the_backbone(folder):
    assert load_pretrained(str(folder))[1] == Preprocess(size=48)
    (folder / "preprocessor_config.json").write_text(json.dumps(OWN))
    assert load_pretrained(str(folder))[1] == Preprocess(32, (0.43, 0.411, 0.296), (0.213, 0.156, 0.143))


def test_pretrained_weights_are_used_and_stay_frozen(folder, pictures):
    weights = DINOv3ViTModel.from_pretrained(folder).state_dict()
    model = build(str(folder))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.01)
    start = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for _ in range(2):
        terms = losses(
            model(*pictures), torch.tensor([0, 4, 9]), torch.full((3, 6), 2), model.levels, TrainingSettings()
        )
        optimizer.zero_grad()
        terms["loss"].backward()
        optimizer.step()
    after = model.state_dict()
    for name, tensor in weights.items():
        names = [f"backbone.{name}", f"backbone.{name}".replace("_proj.", "_proj.base_layer.")]
        assert torch.equal(after[next(key for key in names if key in after)], tensor), name
    for name in after:
        assert torch.equal(after[name], start[name]) == (name.startswith("backbone") and "lora" not in name), name


def test_rotary_positions_are_not_jittered_in_training(folder, pictures):
    model = build(str(folder)).train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    assert torch.equal(model.tokens(pictures[0], "pain"), model.tokens(pictures[0], "pain"))


def test_the_compact_model_is_small_and_trained_whole():
    model = build()
    assert not model.architecture.adapters
    assert sum(parameter.numel() for parameter in model.parameters()) < 3e6


def test_a_size_names_a_hub_model_that_is_not_downloaded(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name, repository in backbones.HUB.items():
        with pytest.raises(FileNotFoundError, match=f"{repository}: not downloaded yet; --allow-download"):
            load_pretrained(name)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("GatedRepoError", r"gated; accept its licence at https://huggingface\.co/a/b, then run `hf auth login`$"),
        ("LocalEntryNotFoundError", "the hub cannot be reached; try again, or give the path of a local folder$"),
        ("RepositoryNotFoundError", "the hub answered: no such thing; or give the path of a local folder$"),
    ],
)
def test_hub_errors_are_reported_in_one_line(monkeypatch, error, message):
    from huggingface_hub import errors

    def refuse(*_, **__):
        kind = getattr(errors, error)
        if issubclass(kind, errors.HfHubHTTPError):
            raise kind("no such\nthing", response=SimpleNamespace(headers={}, request=None))
        raise kind("Got: ConnectError: and so on")

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(FileNotFoundError, match=f"^backbone a/b: {message}"):
        load_pretrained("a/b", allow_download=True)


@pytest.mark.parametrize("name", ["no such/folder/at all", "Compact!"])
def test_a_name_that_is_neither_folder_nor_hub_id(name):
    with pytest.raises(FileNotFoundError, match="neither a folder nor a hub id; use one of those, or compact, S, B, L"):
        load_pretrained(name)


def test_a_folder_that_is_not_a_dinov3(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "vit"}))
    with pytest.raises(ValueError, match="model_type 'vit', not 'dinov3_vit'"):
        load_pretrained(str(folder))
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"config\.json: not a JSON object"):
        load_pretrained(str(folder))
    (folder / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"no config\.json"):
        load_pretrained(str(folder))


def test_whitened_cosines_are_orthogonal_and_scaled_by_frequency():
    filters = whitened_cosines(16, 32).reshape(32, -1).astype(float)
    gram = filters @ filters.T
    assert np.abs(gram - np.diag(np.diag(gram))).max() < 1e-6
    frequency = np.array([0.5, 1, 1, np.sqrt(2), 2, 2])
    assert np.sqrt(np.diag(gram))[:6] == pytest.approx(frequency / 8, rel=1e-6)
    assert np.ptp(filters[0]) < 1e-9  # the mean of a patch
    luma = filters[:24].reshape(24, 3, 16, 16)
    assert np.abs(luma - luma[:, :1]).max() < 1e-9


def test_the_compact_model_starts_from_whitened_cosines():
    weight = build().backbone.embeddings.patch_embeddings.weight
    assert torch.equal(weight, torch.from_numpy(whitened_cosines(16, 32)))
