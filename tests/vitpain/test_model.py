import json
from dataclasses import asdict

import pytest
import torch

from painctl.vitpain.losses import losses
from painctl.vitpain.model import ActionUnits, ReferenceAttention, ViTPain, build
from painctl.vitpain.settings import TrainingSettings


def attention(module, query, key):
    """Multi-head attention written out: values are the keys."""
    weights, biases = module.in_proj_weight.chunk(3), module.in_proj_bias.chunk(3)
    split = [
        (x @ w.T + b).unflatten(-1, (module.num_heads, -1)).transpose(1, 2)
        for x, w, b in zip((query, key, key), weights, biases, strict=True)
    ]
    q, k, v = split
    mixed = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1) @ v
    return mixed.transpose(1, 2).flatten(2) @ module.out_proj.weight.T + module.out_proj.bias


def test_reference_is_cross_attention_added_and_normalised():
    torch.manual_seed(0)
    module, pain, neutral = ReferenceAttention(16, 4), torch.randn(2, 5, 16), torch.randn(2, 7, 16)
    mixed = pain + attention(module.attention, pain, neutral)
    expected = (mixed - mixed.mean(-1, keepdim=True)) / (mixed.var(-1, keepdim=True, correction=0) + 1e-5).sqrt()
    torch.testing.assert_close(module(pain, neutral), expected)


def test_action_units_pool_patches_by_their_queries():
    torch.manual_seed(0)
    module, patches = ActionUnits(16, 8, 0.0), torch.randn(2, 9, 16)
    module.queries.data.normal_()
    intensities = module(patches)
    for unit, (query, head) in enumerate(zip(module.queries, module.heads, strict=True)):
        for row, keys in enumerate(patches):
            weight = torch.exp(keys @ query / 4)
            pooled = (weight[:, None] * keys).sum(0) / weight.sum()
            torch.testing.assert_close(intensities[row, unit], head(pooled).clamp(min=0)[0])


def test_no_unit_starts_at_zero(tiny, pictures):
    aus = tiny()(*pictures).aus
    assert (aus > 0).all()
    assert aus[:, :5].min() > aus[:, 5].max()


def test_outputs_have_the_right_shapes_and_ranges(tiny, pictures):
    outputs = tiny()(*pictures)
    assert [part.shape for part in outputs[:3]] == [(3,), (3, 1), (3, 6)]
    assert ((outputs.pspi > 0) & (outputs.pspi < 1)).all()


def test_the_outputs_depend_on_both_pictures(tiny, pictures):
    model = tiny().eval()
    pain, neutral = pictures
    outputs = [model(pain, neutral), model(neutral, neutral), model(pain, pain)]
    assert not torch.allclose(outputs[0].pspi, outputs[1].pspi)
    assert not torch.allclose(outputs[0].pspi, outputs[2].pspi)


@pytest.mark.parametrize("adapters", [False, True])
def test_pspi_is_read_from_the_class_token_and_units_from_the_patches(tiny, pictures, adapters):
    """The forward pass written out over the tokens of each branch."""
    model = tiny(adapters).eval()
    for name, parameter in model.named_parameters():
        if "lora_B" in name or name.endswith(("register_tokens", "cls_token")):
            torch.nn.init.normal_(parameter)
    pain, neutral = (model.tokens(*branch) for branch in zip(pictures, ("pain", "neutral"), strict=True))
    mixed = model.reference.norm(pain + attention(model.reference.attention, pain, neutral))
    outputs = model(*pictures)
    torch.testing.assert_close(outputs.pspi, model.pspi(mixed[:, 0]).sigmoid()[:, 0])
    torch.testing.assert_close(outputs.logit, model.binary[0](mixed[:, 0]))
    torch.testing.assert_close(
        outputs.aus, model.action_units(mixed[:, 5:])
    )  # after the class token and four registers


@pytest.mark.parametrize("adapters", [False, True])
def test_gradients_reach_every_trainable_parameter_and_no_other(tiny, pictures, adapters):
    model = tiny(adapters)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter)  # peft initialises B to zero, which hides A
    terms = losses(model(*pictures), torch.tensor([0, 4, 9]), torch.full((3, 6), 2), model.levels, TrainingSettings())
    terms["loss"].backward()
    for name, parameter in model.named_parameters():
        has_gradient = parameter.grad is not None and bool(parameter.grad.abs().sum() > 0)
        frozen = name.endswith("mask_token") or (adapters and name.startswith("backbone") and "lora" not in name)
        assert parameter.requires_grad is not frozen, name
        assert has_gradient is not frozen, name
    queries, keys, values = model.reference.attention.in_proj_bias.grad.chunk(3)
    assert (queries != 0).all()
    assert (values != 0).all()
    assert keys.abs().max() < 1e-5 * values.abs().max()  # softmax ignores a shift of all keys
    assert (model.action_units.queries.grad != 0).any(dim=1).all()
    for part in ("action_units.queries", *(("lora_A.pain", "lora_B.neutral") if adapters else ())):
        assert any(part in name for name, _ in model.named_parameters())


def test_adapters_sit_on_attention_projections_only(tiny):
    adapted = {name.split(".lora_")[0].split(".")[-1] for name, _ in tiny(True).named_parameters() if "lora_" in name}
    assert adapted == {"q_proj", "k_proj", "v_proj", "o_proj"}


def test_branches_share_weights_and_differ_by_adapter(tiny, pictures):
    model = tiny(True).eval()
    assert torch.equal(model.tokens(pictures[0], "pain"), model.tokens(pictures[0], "neutral"))
    for name, parameter in model.named_parameters():
        if "lora_B.pain" in name:
            torch.nn.init.normal_(parameter)
    assert not torch.allclose(model.tokens(pictures[0], "pain"), model.tokens(pictures[0], "neutral"))
    assert sum("base_layer.weight" in name for name in model.state_dict()) == 4 * 2  # one copy for both


def test_the_class_token_depends_on_where_patches_are(tiny, pictures):
    model, image = tiny().eval(), pictures[0]
    rows = image.unflatten(1, (3, 16)).flip(1).flatten(1, 2)  # rows of patches in another order
    assert not torch.allclose(model.tokens(image, "pain")[:, 0], model.tokens(rows, "pain")[:, 0], atol=1e-3)


def test_tokens_are_class_registers_and_patches_and_registers_matter(tiny, pictures):
    model = tiny().eval()
    before = model.tokens(pictures[0], "pain")
    assert before.shape == (3, 1 + 4 + 9, 32)
    model.backbone.embeddings.register_tokens.data.normal_()
    assert not torch.allclose(before[:, 0], model.tokens(pictures[0], "pain")[:, 0], atol=1e-3)


def test_positions_are_not_jittered_in_training(tiny, pictures):
    model = tiny().train()
    assert torch.equal(model.tokens(pictures[0], "pain"), model.tokens(pictures[0], "pain"))


def test_normalisation_is_the_backbones(tiny):
    model = tiny()
    inputs = []
    model.backbone.embeddings.register_forward_pre_hook(lambda _, pixels: inputs.append(pixels[0]))
    model.tokens(torch.full((1, 48, 48, 3), 255, dtype=torch.uint8), "pain")
    expected = (1 - torch.tensor([0.485, 0.456, 0.406])) / torch.tensor([0.229, 0.224, 0.225])
    torch.testing.assert_close(inputs[0][0, :, 0, 0], expected)


def test_the_seed_determines_the_weights():
    weights = [build(seed=seed).state_dict() for seed in (3, 3, 4)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert any(not torch.equal(weights[0][name], weights[2][name]) for name in weights[0])


def test_the_architecture_survives_json(tiny):
    model = tiny(True)
    fields = json.loads(json.dumps(asdict(model.architecture)))
    from painctl.vitpain.backbones import Preprocess
    from painctl.vitpain.model import Architecture

    rebuilt = ViTPain(Architecture(preprocess=Preprocess(**fields.pop("preprocess")), **fields))
    rebuilt.load_state_dict(model.state_dict())


def test_the_reference_may_be_initialised_as_a_difference():
    torch.manual_seed(0)
    module, parts = ReferenceAttention(16, 4), torch.randn(1, 6, 4, 4)
    tokens = (4 * torch.nn.functional.normalize(parts, dim=-1)).flatten(2)  # of equal length in each head
    module.init_as_difference()
    attended, _ = module.attention(tokens, tokens, tokens)
    torch.testing.assert_close(attended, -tokens, atol=0.2, rtol=0)


def test_in_a_hybrid_the_heads_get_the_difference_of_the_faces(tiny_hybrid, pictures):
    """The forward pass written out over the tokens of each picture."""
    model = tiny_hybrid().eval()
    torch.nn.init.normal_(model.reference.attention.out_proj.weight)
    torch.nn.init.normal_(model.action_units.queries)
    pain, neutral = (model.tokens(picture, "pain") for picture in pictures)
    patches = pain + attention(model.reference.attention, pain, neutral)
    rest = neutral.mean(1)
    features = torch.cat([patches.mean(1), rest, patches.mean(1) - rest], 1)
    outputs = model(*pictures)
    torch.testing.assert_close(outputs.pspi, model.pspi(features).sigmoid()[:, 0])
    torch.testing.assert_close(outputs.logit, model.binary[0](features))
    pooled = (patches @ model.action_units.queries.T / patches.shape[-1] ** 0.5).softmax(1).mT @ patches
    for unit, head in enumerate(model.action_units.heads):
        features = torch.cat([pooled[:, unit], rest, pooled[:, unit] - rest], 1)
        torch.testing.assert_close(outputs.aus[:, unit], head(features)[:, 0].relu())


def test_in_a_hybrid_attention_to_the_reference_starts_at_zero(tiny_hybrid, pictures):
    model = tiny_hybrid().eval()
    tokens, rest = model.compared_tokens(*pictures)
    torch.testing.assert_close(tokens, model.tokens(pictures[0], "pain"))
    torch.testing.assert_close(rest, model.tokens(pictures[1], "pain").mean(1))


def test_both_pictures_of_a_hybrids_pair_are_normalised_together(tiny_hybrid, pictures):
    model, calls = tiny_hybrid().train(), []
    model.backbone.stem.register_forward_pre_hook(lambda _, pixels: calls.append(len(pixels[0])))
    model(*pictures)
    assert calls == [2 * len(pictures[0])]


@pytest.mark.parametrize("kind", ["tiny", "tiny_hybrid"])
def test_a_reference_that_all_faces_share_is_encoded_once_with_the_same_result(kind, request, pictures):
    model = request.getfixturevalue(kind)().eval()
    pain, shared = pictures[0], pictures[1][:1].expand_as(pictures[1])
    alone = torch.cat([model(pain[i : i + 1], shared[:1]).aus for i in range(len(pain))])
    encoded = []
    model.backbone.register_forward_pre_hook(lambda _, pixels: encoded.append(len(pixels[0])))
    torch.testing.assert_close(model(pain, shared).aus, alone)
    assert sum(encoded) == len(pain) + 1


def test_a_hybrid_without_a_reference_uses_the_face_alone(tiny_hybrid, pictures):
    model = tiny_hybrid(reference=False).eval()
    pain = model.tokens(pictures[0], "pain")
    torch.testing.assert_close(model(*pictures).pspi, model.pspi(pain.mean(1)).sigmoid()[:, 0])


def test_the_expected_error_does_not_change_what_the_estimate_learns(tiny_hybrid, pictures):
    model = tiny_hybrid().eval()
    outputs = model(*pictures)
    assert outputs.spread.shape == (3,)
    assert (outputs.spread > 0).all()
    outputs.spread.sum().backward()
    assert {name.split(".")[0] for name, value in model.named_parameters() if value.grad is not None} == {"spread"}
