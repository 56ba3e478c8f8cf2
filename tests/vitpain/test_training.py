from dataclasses import replace

import numpy as np
import pytest
import torch

from painctl.evidence.metrics import pearson
from painctl.vitpain.data import Subset
from painctl.vitpain.inference import predict_source
from painctl.vitpain.settings import COMPACT, TrainingSettings, defaults
from painctl.vitpain.training import draw_batches, parameter_groups, rate, train

SHORT = TrainingSettings(epochs=2, batch_size=4, learning_rate=1e-3, seed=5)


def test_same_seed_same_bits(tiny, drawn_faces):
    source = drawn_faces([1, 2], 4)
    torch.manual_seed(0)
    runs = [train(tiny(seed=5), source, None, SHORT).state_dict()]
    torch.manual_seed(1)  # what went before must not matter
    runs.append(train(tiny(seed=5), source, None, SHORT).state_dict())
    other = train(tiny(seed=5), source, None, TrainingSettings(**{**vars(SHORT), "seed": 6})).state_dict()
    assert all(torch.equal(runs[0][name], runs[1][name]) for name in runs[0])
    assert any(not torch.equal(runs[0][name], other[name]) for name in other)
    assert not torch.are_deterministic_algorithms_enabled()


def test_workers_do_not_change_the_weights(tiny, drawn_faces):
    source = drawn_faces([1, 2], 4)
    runs = [train(tiny(), source, None, TrainingSettings(**{**vars(SHORT), "workers": n})).state_dict() for n in (0, 2)]
    assert all(torch.equal(runs[0][name], runs[1][name]) for name in runs[0])


@pytest.mark.parametrize("adapters", [False, True])
def test_optimizer_holds_each_trained_parameter_once(tiny, adapters):
    model = tiny(adapters)
    held = [id(parameter) for group in parameter_groups(model, SHORT) for parameter in group["params"]]
    assert sorted(held) == sorted(id(p) for p in model.parameters() if p.requires_grad)
    named = {id(parameter): name for name, parameter in model.named_parameters()}
    names = {named[parameter] for parameter in held}
    assert "action_units.queries" in names
    for adapter in ("pain", "neutral"):
        assert any(f"lora_A.{adapter}" in name for name in names) is adapters


def test_training_moves_both_adapters(tiny, drawn_faces):
    model = tiny(adapters=True)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    after = train(model, drawn_faces([1, 2], 4), None, SHORT).state_dict()
    for name in after:
        frozen = name.startswith("backbone") and "lora" not in name
        assert torch.equal(before[name], after[name]) is frozen, name


def test_learns_people_it_has_not_seen(tiny, drawn_faces):
    settings = TrainingSettings(epochs=20, batch_size=8, learning_rate=3e-3, weight_decay=0.02, warmup=0.1)
    model = train(tiny(), drawn_faces(list(range(12)), 8), None, settings)
    unseen = drawn_faces(list(range(100, 108)), 8)
    predictions = predict_source(model, unseen)
    assert pearson(unseen.pspi, predictions.pspi) > 0.35  # 64 frames by chance: below 0.32 in 99 of 100


def test_the_kept_epoch_has_the_least_validation_error(tiny, drawn_faces):
    rows = []
    settings = TrainingSettings(
        epochs=6, batch_size=4, learning_rate=3e-2, seed=2
    )  # too fast on purpose: it does not settle
    validation = drawn_faces([9], 6)
    model = train(tiny(), drawn_faces([1, 2], 4), validation, settings, rows.append)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5, 6]
    best = min(rows, key=lambda row: row["validation_pspi"])
    found = pearson(validation.pspi, predict_source(model, validation).pspi)
    assert found == pytest.approx(best["validation_pcc"], abs=1e-5)
    assert not model.training


def test_rate_rises_then_falls_as_half_a_cosine():
    settings = TrainingSettings(warmup=0.1)
    found = [rate(step, 200, settings) for step in range(201)]
    assert found[19] == found[20] == 1
    assert found[9] == 0.5
    assert found[110] == pytest.approx((1 + 0.01) / 2)
    assert found[200] == pytest.approx(0.01)
    assert all(np.diff(found[20:]) < 0)


def test_frames_are_drawn_by_weight():
    pspi = np.array([0] * 500 + [3] * 500)
    weighted = TrainingSettings(pain_weight=2.0, batch_size=50)
    drawn = np.concatenate([draw_batches(pspi, epoch, weighted) for epoch in range(20)])
    assert drawn.shape == (20 * 20, 50)
    assert (pspi[drawn] >= 1).mean() == pytest.approx(2 / 3, abs=0.01)
    assert np.array_equal(drawn[60:80], draw_batches(pspi, 3, weighted))


def test_without_weights_every_frame_comes_once_and_the_last_batch_is_filled():
    batches = draw_batches(np.arange(22), 0, TrainingSettings(batch_size=8))
    assert batches.shape == (3, 8)
    assert sorted(batches.ravel()[:22]) == list(range(22))
    assert not np.array_equal(batches, draw_batches(np.arange(22), 1, TrainingSettings(batch_size=8)))
    assert draw_batches(np.arange(3), 0, TrainingSettings(batch_size=8)).shape == (1, 8)


def test_a_batch_in_parts_steps_like_a_whole_one(tiny, drawn_faces):
    source = drawn_faces([1, 2], 8)
    still = replace(SHORT, batch_size=8, augment=False)
    runs = []
    for accumulate in (1, 4):
        model = tiny(dropout=0.0)
        train(model, source, None, replace(still, accumulate=accumulate))
        runs.append(predict_source(model, source).pspi)
    assert runs[0] == pytest.approx(runs[1], rel=1e-3)
    with pytest.raises(ValueError, match="a batch of 8 does not divide by 3"):
        train(tiny(), source, None, replace(still, accumulate=3))


@pytest.mark.parametrize("left_out", ["reference", "binary", "action_units"])
def test_a_model_without_a_part_is_trained(tiny, drawn_faces, left_out):
    parts = {left_out: () if left_out == "binary" else False}
    rows = []
    source = drawn_faces([1, 2], 4)
    model = train(tiny(adapters=True, **parts), source, drawn_faces([3], 4), SHORT, rows.append)
    assert {"binary": "binary" not in rows[0], "action_units": "au" not in rows[0]}.get(left_out, True)
    said = predict_source(model, source)
    assert (said.aus is None) is (left_out == "action_units")
    assert (not said.probability) is (left_out == "binary")
    if left_out == "reference":
        source.neutral = None  # is not asked for
        assert np.array_equal(predict_source(model, source).pspi, said.pspi)


def test_bf16_learns_nearly_the_same(tiny, drawn_faces):
    source = drawn_faces([1, 2], 4)
    plain, half = (
        predict_source(train(tiny(), source, None, replace(SHORT, precision=name)), source).pspi
        for name in ("fp32", "bf16")
    )
    assert not np.array_equal(plain, half)
    assert half == pytest.approx(plain, abs=0.5)


def test_gradients_are_clipped(tiny, drawn_faces):
    """AdamW divides by the gradient's size but for its epsilon of 1e-8: a gradient clipped far below moves nothing."""
    source, moved = drawn_faces([1, 2], 4), []
    start = tiny().state_dict()
    for clip in (1.0, 1e-12):
        after = train(tiny(), source, None, replace(SHORT, clip=clip, weight_decay=0.0)).state_dict()
        moved.append(sum(float((after[name] - start[name]).norm() ** 2) for name in start) ** 0.5)
    assert moved[1] < 0.01 * moved[0]


def test_adapters_learn_at_their_own_rate(tiny):
    model = tiny(adapters=True)
    groups = parameter_groups(model, TrainingSettings(adapter_rate=0.1))
    rate_of = {id(p): group["lr"] for group in groups for p in group["params"]}
    rates = {name: rate_of[id(p)] for name, p in model.named_parameters() if p.requires_grad}
    assert {rate for name, rate in rates.items() if "lora_" in name} == {0.1 * 1e-5}
    assert {rate for name, rate in rates.items() if "lora_" not in name} == {1e-5}


def test_nothing_to_train_on(tiny, drawn_faces):
    with pytest.raises(ValueError, match="no frames"):
        train(tiny(), Subset(drawn_faces([1], 4), np.arange(0)), None, SHORT)


def test_loss_that_bursts_is_told(tiny, drawn_faces):
    model = tiny()
    model.pspi[-1].weight.data.fill_(float("nan"))
    with pytest.raises(ValueError, match="the loss is no number in epoch 1"):
        train(model, drawn_faces([1], 4), None, SHORT)


def test_defaults_are_the_papers_for_a_pretrained_backbone():
    assert defaults(backbone="L") == TrainingSettings()
    assert defaults(backbone="L", cross_validation=True) == TrainingSettings()


@pytest.mark.parametrize("model", ["vitpain", "vanilla-vit", "pwct"])
@pytest.mark.parametrize("preset", ["paper", "released"])
@pytest.mark.parametrize("backbone", ["compact", "L"])
def test_pain_is_drawn_more_often_from_real_frames_whatever_the_model(model, preset, backbone):
    for cross_validation in (False, True):
        assert defaults(model, backbone, preset, False, cross_validation).pain_weight == 1
        assert defaults(model, backbone, preset, True, cross_validation).pain_weight == 2


def test_other_defaults():
    assert (TrainingSettings().learning_rate, TrainingSettings().weight_decay, TrainingSettings().epochs) == (
        1e-5,
        0.1,
        100,
    )
    assert defaults() == COMPACT


def test_no_epochs_leave_a_model_as_it_is(tiny, drawn_faces):
    model = tiny()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    after = train(model, drawn_faces([1], 4), drawn_faces([2], 4), replace(SHORT, epochs=0)).state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("name", ["accumulate", "batch_size", "learning_rate"])
def test_settings_that_cannot_be(name):
    with pytest.raises(ValueError, match=f"{name} is 0"):
        TrainingSettings(**{name: 0})
