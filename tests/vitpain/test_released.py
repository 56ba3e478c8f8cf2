import numpy as np
import torch
from made_released import SMALL, random_state

from painctl.vitpain.checkpoints import load, save
from painctl.vitpain.inference import predict_source
from painctl.vitpain.released import Released, ReleasedArchitecture
from painctl.vitpain.released_checkpoint import load_released
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import train


def forward(state, pain, neutral):
    """The release's forward pass over its state_dict, with LoRA merged into the weights as W + alpha / r B A."""
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

    x, reference = encoded(pain, "vit_model"), encoded(neutral, "neutral_encoder")
    packed = zip((x, reference, reference), state["neutral_cross_attn.in_proj_weight"].chunk(3), strict=True)
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


def test_the_forward_pass_is_the_releases(released_checkpoint, pictures):
    state = random_state()
    model = load_released(released_checkpoint(state=state)).double()  # to leave no room for rounding
    exact = {name: tensor.double() for name, tensor in state.items()}
    with torch.no_grad():
        for output, expected in zip(model(*pictures)[:3], forward(exact, *pictures), strict=True):
            torch.testing.assert_close(output, expected, rtol=1e-5, atol=1e-5)
    assert model.levels == (1, 2, 3)


def test_the_forward_pass_gives_the_releases_own_numbers():
    """Those of the release's lib/models/vitpain.py for these weights, with timm 1.0.31 and 1.0.20, peft 0.21.2."""
    model = Released(ReleasedArchitecture(**SMALL)).double().eval()
    state = model.state_dict()
    for k, name in enumerate(sorted(state), 1):
        n = torch.arange(1.0, state[name].numel() + 1, dtype=torch.float64)
        state[name] = ((k * n**1.5).cos() / (len(n) / len(state[name])) ** 0.5).view_as(state[name])
    model.load_state_dict(state)
    pain = (torch.arange(2 * 48 * 48 * 3) ** 2 % 251).to(torch.uint8).view(2, 48, 48, 3)
    with torch.no_grad():
        outputs = model(pain, pain.flip(1))
    expected = (
        [0.59591383, 0.59631529],
        [[0.94672722, 0.81586370, -1.26271911], [0.89285373, 0.71079603, -1.29891322]],
        [
            [0.45534450, 0.45540648, 0.45562568, 0.45542057, 0.45519666, 0.45546514],
            [0.47820814, 0.47792431, 0.47825161, 0.47801542, 0.47796583, 0.47800545],
        ],
    )
    for output, numbers in zip(outputs[:3], expected, strict=True):
        torch.testing.assert_close(output, torch.tensor(numbers, dtype=torch.float64), rtol=1e-6, atol=1e-7)


def test_its_class_token_does_not_depend_on_where_patches_are(released_checkpoint, pictures):
    """The defect that is reproduced, and that painctl's own model does not have (see test_model)."""
    encoder = load_released(released_checkpoint()).vit_model.base_model.model
    image = pictures[0].permute(0, 3, 1, 2).float() / 255
    moved = image.unflatten(2, (3, 16)).flip(2).flatten(2, 3)
    with torch.no_grad():
        torch.testing.assert_close(encoder(image)[:, 0], encoder(moved)[:, 0], rtol=1e-4, atol=1e-4)


def test_shapes_at_full_size():
    """As counted in the release's own code on timm's vit_large_patch16_dinov3."""
    with torch.device("meta"):
        model = Released(ReleasedArchitecture(1024, 24))
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert len(shapes) == 867
    assert sum(parameter.requires_grad for parameter in model.parameters()) == 231
    assert sum(parameter.numel() for parameter in model.parameters()) == 613_981_189
    assert shapes["vit_model.base_model.model.blocks.23.attn.qkv.base_layer.weight"] == (3072, 1024)
    assert shapes["neutral_encoder.base_model.model.patch_embed.proj.lora_A.default.weight"] == (8, 3, 16, 16)
    assert shapes["pspi_head.11.weight"] == (1, 128)


def test_it_is_trained_saved_and_loaded(released_checkpoint, drawn_faces, tmp_path):
    model = load_released(released_checkpoint())
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    settings = TrainingSettings(epochs=1, batch_size=4, learning_rate=1e-3)
    train(model, drawn_faces([1, 2], 4), None, settings)
    for name, tensor in model.state_dict().items():
        frozen = "base_model" in name and "lora" not in name
        assert torch.equal(tensor, before[name]) is frozen, name
    save(tmp_path / "model", model, settings, "")
    loaded = load(tmp_path / "model").model
    source = drawn_faces([3], 4)
    assert np.array_equal(predict_source(loaded, source).aus, predict_source(model, source).aus)
