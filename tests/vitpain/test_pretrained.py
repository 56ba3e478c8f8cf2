import json
import os
import resource
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import DINOv3ViTModel

from painctl.files.seals import write_sums
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.losses import losses
from painctl.vitpain.model import build
from painctl.vitpain.pretrained import HUB, load_pretrained
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


def test_a_size_names_a_hub_model_that_is_not_downloaded(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name, repository in HUB.items():
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


@pytest.mark.parametrize("name", ["no such/folder/at all", "Compact!", "tiny"])
def test_a_name_that_is_neither_folder_nor_hub_id(name):
    with pytest.raises(FileNotFoundError, match="neither a folder nor a hub id; use one of those, or compact, S, B, L"):
        load_pretrained(name)


def test_a_folder_that_is_not_a_dinov3(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "vit"}))
    with pytest.raises(ValueError, match="model_type 'vit', not 'dinov3_vit'"):
        load_pretrained(str(folder))
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"config\.json: not valid JSON: line 1"):
        load_pretrained(str(folder))
    (folder / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"no config\.json"):
        load_pretrained(str(folder))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("hidden_size", 40_000, r"config\.json: describes a model of [0-9,]+ weights, but model\.safetensors has"),
        ("hidden_size", "32", r"config\.json: hidden_size is '32', expected a whole number from 1 to 1,000,000"),
        ("num_hidden_layers", 10**9, r"config\.json: num_hidden_layers is 1000000000, expected a whole number from 1"),
        ("num_hidden_layers", True, r"config\.json: num_hidden_layers is True"),
        ("num_attention_heads", 64, r"config\.json: not a valid DINOv3 configuration"),
        ("num_attention_heads", 6, r"config\.json: not a valid DINOv3 configuration"),
        ("image_size", 10**6, r"config\.json: image_size is 1000000, expected a whole number from 1 to 2,048"),
        ("patch_size", -1, r"config\.json: patch_size is -1"),
        ("hidden_act", "no_such", r"config\.json: not a valid DINOv3 configuration"),
        ("layer_norm_eps", 1e999, r"config\.json: not valid JSON: Infinity is not a number"),
        ("hidden_size", 16, r"model\.safetensors: not the weights of its config\.json"),
    ],
)
def test_a_configuration_is_checked_before_the_model_is_built(folder, field, value, message):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, field: value}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=message) as caught:
        load_pretrained(str(folder))
    assert "\n" not in str(caught.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_weights_must_be_whole_and_finite(folder):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    name = next(name for name in tensors if "q_proj.weight" in name)
    renamed = {(f"{key}_" if key == name else key): value for key, value in tensors.items()}
    save_file(renamed, path, {"format": "pt"})
    with pytest.raises(ValueError, match=rf"model\.safetensors: .*{name[-13:]} is missing \(1 such weights\)"):
        load_pretrained(str(folder))
    save_file({**tensors, name: torch.full_like(tensors[name], torch.inf)}, path, {"format": "pt"})
    with pytest.raises(ValueError, match=r"model\.safetensors: .*q_proj\.weight has NaN or infinite values"):
        load_pretrained(str(folder))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1]", r"preprocessor_config\.json: a list of 1, not a JSON object"),
        ('{"size": 3}', r"preprocessor_config\.json: size is 3, expected an object"),
        ('{"size": {"height": 100000}}', r"preprocessor_config\.json: size: height is 100000, expected a whole number"),
        ('{"image_mean": [0.5]}', r"preprocessor_config\.json: image_mean is a list of 1, expected a list of 3 items"),
        ('{"image_std": [0, 0, 0]}', r"preprocessor_config\.json: image_std is a list of 3"),
        ("[" * 100_000, r"preprocessor_config\.json: not valid JSON: nested too deeply"),
        (b"\xff\xfe\xff", r"preprocessor_config\.json: line 1: byte \d+ .*is not UTF-16 text"),
    ],
)
def test_the_preprocessing_is_checked_field_by_field(folder, content, message):
    path = folder / "preprocessor_config.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=message):
        load_pretrained(str(folder))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "preprocessor_config.json"])
def test_a_placeholder_is_not_taken_for_the_file(folder, name):
    (folder / name).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(ValueError, match=f"dino/{name}: a Git LFS pointer"):
        load_pretrained(str(folder))


def test_a_folder_with_checksums_is_checked(folder):
    write_sums(folder)
    load_pretrained(str(folder))
    (folder / "config.json").write_text((folder / "config.json").read_text().replace("100.0", "101.0"))
    with pytest.raises(ValueError, match=r"dino/config\.json: not the file that SHA256SUMS lists"):
        load_pretrained(str(folder))


def test_an_adapter_of_another_backbone_is_not_followed(folder):
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "elsewhere"}')
    with pytest.raises(ValueError, match=r"adapter_config\.json: an adapter of another backbone; move it out"):
        load_pretrained(str(folder))


def test_the_name_of_the_folder_may_be_any_bytes(folder):
    model, _ = load_pretrained(str(folder))
    odd = folder.rename(folder.with_name(os.fsdecode(b"din\xe9")))
    again, _ = load_pretrained(str(odd))
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))
