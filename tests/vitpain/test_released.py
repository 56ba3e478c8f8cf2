import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from painctl.runs.seeding import seeded
from painctl.vitpain.checkpoints import load, save
from painctl.vitpain.inference import predict_source
from painctl.vitpain.released import Released, ReleasedArchitecture, load_released
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import train

SMALL = {"width": 64, "depth": 2}


def random_state(**changes):
    """Weights of a small released model, none of them at a value that would hide it."""
    with seeded(3, "weights"):
        model = Released(ReleasedArchitecture(**{**SMALL, **changes}))
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=0.5 if "lora" in name or "token" in name else 0.1)
            elif "norm" in name or "gamma" in name:
                torch.nn.init.uniform_(parameter, 0.5, 1.5)
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


@pytest.fixture
def checkpoint(tmp_path):
    """A file as Lightning writes it, metrics and optimizer beside the weights."""

    def write(name="best.ckpt", state=None, **more):
        state = random_state() if state is None else state
        whole = {
            "state_dict": {**state, "val_metric.total": torch.zeros(1)},
            "hyper_parameters": {"lora_alpha": 16, "model_name": "timm/vit_large_patch16_dinov3.sat493m"},
            "epoch": 12,
            "pytorch-lightning_version": "2.5.0",
            "optimizer_states": [{"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [{"lr": 1e-4}]}],
            **more,
        }
        torch.save(whole, tmp_path / name)
        return tmp_path / name

    return write


def forward(state, pain, neutral):
    """The release's forward pass over its state_dict, LoRA folded into the weights as W + alpha / r B A."""
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])

    def weight(name):
        low, high = (state[f"{name}.lora_{k}.default.weight"] for k in "AB")
        base = state[f"{name}.base_layer.weight"]
        return base + 16 / low.shape[0] * (high.flatten(1) @ low.flatten(1)).reshape(base.shape)

    def normed(x, name):
        x = x - x.mean(-1, keepdim=True)
        return x / (x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt() * state[f"{name}.weight"] + state[f"{name}.bias"]

    def linear(x, name):
        return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]

    def encoded(pictures, encoder):
        at = f"{encoder}.base_model.model."
        pixels = (pictures.double() / 255 - mean) / std
        patches = (
            pixels.unflatten(1, (-1, 16)).unflatten(3, (-1, 16)).permute(0, 1, 3, 5, 2, 4).flatten(3).flatten(1, 2)
        )
        name = at + "patch_embed.proj"
        x = patches @ weight(name).flatten(1).T + state[f"{name}.base_layer.bias"]
        x = torch.cat([state[at + "cls_token"].expand(len(x), -1, -1), x], 1)
        for block in range(2):
            b = f"{at}blocks.{block}."
            q, k, v = (normed(x, b + "norm1") @ weight(b + "attn.qkv").T).chunk(3, -1)
            y = (q @ k.mT / 8).softmax(-1) @ v  # one head of 64
            y = y @ weight(b + "attn.proj").T + state[b + "attn.proj.base_layer.bias"]
            x = x + state[b + "gamma_1"] * y
            y = linear(torch.nn.functional.gelu(linear(normed(x, b + "norm2"), b + "mlp.fc1")), b + "mlp.fc2")
            x = x + state[b + "gamma_2"] * y
        return normed(x, at + "norm")

    x, other = encoded(pain, "vit_model"), encoded(neutral, "neutral_encoder")
    packed = zip((x, other, other), state["neutral_cross_attn.in_proj_weight"].chunk(3), strict=True)
    biases = state["neutral_cross_attn.in_proj_bias"].chunk(3)
    q, k, v = ((t @ w.T + b).unflatten(2, (8, -1)).transpose(1, 2) for (t, w), b in zip(packed, biases, strict=True))
    mixed = ((q @ k.mT / 8**0.5).softmax(-1) @ v).transpose(1, 2).flatten(2)
    x = normed(x + linear(mixed, "neutral_cross_attn.out_proj"), "neutral_norm")
    face, patches = x[:, 0], x[:, 1:]
    y = normed(face, "pspi_head.0")
    for layer in (2, 5, 8):
        y = torch.nn.functional.gelu(linear(y, f"pspi_head.{layer}"))
    logit = [linear(normed(face, f"pspi_binary_heads.{k}.0"), f"pspi_binary_heads.{k}.2") for k in (1, 2, 3)]
    pooled = (state["au_queries"] @ patches.mT / 8).softmax(-1) @ patches
    shared = torch.nn.functional.gelu(linear(normed(pooled, "au_shared_features.0"), "au_shared_features.2"))
    return linear(y, "pspi_head.11").sigmoid()[:, 0], torch.cat(logit, 1), linear(shared, "au_head")[..., 0].relu()


def test_forward_is_the_releases(checkpoint, pictures):
    state = random_state()
    model = load_released(checkpoint(state=state)).double()  # so that rounding hides nothing
    exact = {name: tensor.double() for name, tensor in state.items()}
    with torch.no_grad():
        for found, expected in zip(model(*pictures)[:3], forward(exact, *pictures), strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    assert model.levels == (1, 2, 3)


def test_forward_gives_the_releases_own_numbers():
    """What the release's lib/models/vitpain.py gave for these weights, with timm 1.0.31 and 1.0.20, peft 0.21.2."""
    model = Released(ReleasedArchitecture(**SMALL)).double().eval()
    state = model.state_dict()
    for k, name in enumerate(sorted(state), 1):
        n = torch.arange(1.0, state[name].numel() + 1, dtype=torch.float64)
        state[name] = ((k * n**1.5).cos() / (len(n) / len(state[name])) ** 0.5).view_as(state[name])
    model.load_state_dict(state)
    pain = (torch.arange(2 * 48 * 48 * 3) ** 2 % 251).to(torch.uint8).view(2, 48, 48, 3)
    with torch.no_grad():
        found = model(pain, pain.flip(1))
    expected = (
        [0.59591383, 0.59631529],
        [[0.94672722, 0.81586370, -1.26271911], [0.89285373, 0.71079603, -1.29891322]],
        [
            [0.45534450, 0.45540648, 0.45562568, 0.45542057, 0.45519666, 0.45546514],
            [0.47820814, 0.47792431, 0.47825161, 0.47801542, 0.47796583, 0.47800545],
        ],
    )
    for ours, theirs in zip(found[:3], expected, strict=True):
        torch.testing.assert_close(ours, torch.tensor(theirs, dtype=torch.float64), rtol=1e-6, atol=1e-7)


def test_its_class_token_does_not_feel_where_patches_are(checkpoint, pictures):
    """The defect that is kept, and that painctl's own model does not have (see test_model)."""
    encoder = load_released(checkpoint()).vit_model.base_model.model
    image = pictures[0].permute(0, 3, 1, 2).float() / 255
    moved = image.unflatten(2, (3, 16)).flip(2).flatten(2, 3)
    with torch.no_grad():
        torch.testing.assert_close(encoder(image)[:, 0], encoder(moved)[:, 0], rtol=1e-4, atol=1e-4)


def test_true_sizes():
    """What the release's own code makes of timm's vit_large_patch16_dinov3, counted there."""
    with torch.device("meta"):
        model = Released(ReleasedArchitecture(1024, 24))
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert len(shapes) == 867
    assert sum(parameter.requires_grad for parameter in model.parameters()) == 231
    assert sum(parameter.numel() for parameter in model.parameters()) == 613_981_189
    assert shapes["vit_model.base_model.model.blocks.23.attn.qkv.base_layer.weight"] == (3072, 1024)
    assert shapes["neutral_encoder.base_model.model.patch_embed.proj.lora_A.default.weight"] == (8, 3, 16, 16)
    assert shapes["pspi_head.11.weight"] == (1, 128)


def test_weights_alone_are_read_too_and_one_without_a_reference(tmp_path, checkpoint):
    state = random_state()
    save_file(state, tmp_path / "weights.safetensors")
    for path in (tmp_path / "weights.safetensors", checkpoint()):
        found = load_released(path).state_dict()
        assert all(torch.equal(found[name], tensor) for name, tensor in state.items())
    alone = load_released(checkpoint(state=random_state(reference=False)))
    assert not alone.compares


def test_it_is_trained_kept_and_read_again(checkpoint, drawn_faces, tmp_path):
    model = load_released(checkpoint())
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    settings = TrainingSettings(epochs=1, batch_size=4, learning_rate=1e-3)
    train(model, drawn_faces([1, 2], 4), None, settings)
    for name, tensor in model.state_dict().items():
        frozen = "base_model" in name and "lora" not in name
        assert torch.equal(tensor, before[name]) is frozen, name
    save(tmp_path / "model", model, settings, "")
    again = load(tmp_path / "model").model
    source = drawn_faces([3], 4)
    assert np.array_equal(predict_source(again, source).aus, predict_source(model, source).aus)


class Hostile:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def refused(path, words):
    """The file is refused in one line, that a terminal may print, and that says so."""
    with pytest.raises(ValueError, match=rf"{path.name}: .*{words}") as caught:
        load_released(path)
    assert str(caught.value).isprintable()


def test_nothing_in_a_file_is_run(checkpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")  # which some set for files of their own
    refused(checkpoint(callbacks=Hostile(str(tmp_path / "owned"))), r"holds posix\.mkdir, .* nothing in it was run")
    assert not (tmp_path / "owned").exists()
    refused(checkpoint(hyper_parameters={"data": Path("images")}), r"holds pathlib\.PosixPath, ")
    path = tmp_path / "unlisted.ckpt"
    torch.save({"state_dict": Hostile(str(tmp_path / "owned"))}, path, pickle_protocol=4)  # built, not named
    refused(path, "holds pickle instructions .* nothing in it was run")
    assert not (tmp_path / "owned").exists()


def test_lora_is_weighted_as_the_file_says(checkpoint, pictures):
    with torch.no_grad():
        once, twice = (
            load_released(checkpoint(hyper_parameters={"lora_alpha": alpha}))(*pictures) for alpha in (16, 32)
        )
    assert not torch.allclose(once.pspi, twice.pspi)
    assert load_released(checkpoint(hyper_parameters={})).architecture.alpha == 16
    for odd in (None, 12.5, "16", 0):
        refused(checkpoint(hyper_parameters={"lora_alpha": odd}), f"lora_alpha is {odd!r} .* expected a whole number")


def test_weights_have_memory_of_their_own(checkpoint):
    """A file may spread one number over a tensor, or halve its precision."""
    state = {name: tensor.half() for name, tensor in random_state().items()}
    state["au_queries"] = torch.ones(1, 1).expand(6, 64)
    model = load_released(checkpoint(state=state))
    assert model.au_queries.untyped_storage().nbytes() == 4 * 6 * 64
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda state: state.pop("au_queries"), "au_queries is missing"),
        (
            lambda state: state.update({"pspi_head.2.bias": torch.zeros(3)}),
            r"pspi_head\.2\.bias is \[3\], expected \[512\]",
        ),
        (
            lambda state: state.update({"au_head.bias": torch.full((1,), np.nan)}),
            r"au_head\.bias holds what is no number",
        ),
        (lambda state: state.update({"au_head.scale": torch.zeros(1)}), r"au_head\.scale is not of the released model"),
        (lambda state: state.update({"teacher.bias": torch.zeros(1)}), r"teacher\.bias is not of the released model"),
        (lambda state: state.update({"au_head.\n\x1b[31m": torch.zeros(1)}), "au_head.* is not of the released model"),
        (
            lambda state: state.update({"vit_model.base_model.model.blocks.999.x": torch.zeros(1)}),
            r"blocks\.\d+\..* \(\d+ such weights\)",
        ),
        *(
            (
                lambda state, odd=odd: state.update({"au_head.bias": odd}),
                r"au_head\.bias is not an array of real numbers",
            )
            for odd in (
                torch.zeros(1, dtype=torch.int64),
                torch.zeros(1, dtype=torch.complex64),
                torch.zeros(1, device="meta"),
            )
        ),
        (lambda state: [state.pop(name) for name in list(state) if "lora" in name], "not a checkpoint of the released"),
        (lambda state: state.clear(), "not a checkpoint of the released"),
    ],
)
def test_what_does_not_fit_is_named(checkpoint, spoil, words):
    state = random_state()
    spoil(state)
    refused(checkpoint(state=state), words)


def test_files_that_are_none(tmp_path, checkpoint):
    with pytest.raises(FileNotFoundError, match="nowhere: no such checkpoint"):
        load_released(tmp_path / "nowhere")
    refused(checkpoint(state={"au_head.bias": 3}), "no state_dict of tensors")
    path = checkpoint()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, "cut short")
    path.write_bytes(whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :])
    refused(path, "does not match its checksum")
    for name, words in (("text.pt", "not a file of torch.save"), ("text.safetensors", "damaged or not safetensors")):
        (tmp_path / name).write_text("<html>no such file</html>")
        refused(tmp_path / name, words)
