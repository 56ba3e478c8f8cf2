from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from made_faces import SIZE

from painctl.evidence.metrics import pearson
from painctl.runs.resume import Checkpointer
from painctl.vitpain import training
from painctl.vitpain.inference import predict_pairs, predict_source
from painctl.vitpain.pwct import build_pwct
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.sources import Subset, blank_picture
from painctl.vitpain.training import Execution, train

SHORT = TrainingSettings(epochs=2, batch_size=4, learning_rate=1e-3, seed=5)


def test_the_same_seed_gives_the_same_bits(tiny, drawn_faces):
    source = drawn_faces([1, 2], 4)
    torch.manual_seed(0)
    runs = [train(tiny(seed=5), source, None, SHORT).state_dict()]
    torch.manual_seed(1)  # the state of the global generator must not matter
    runs.append(train(tiny(seed=5), source, None, SHORT).state_dict())
    other_seed = train(tiny(seed=5), source, None, TrainingSettings(**{**vars(SHORT), "seed": 6})).state_dict()
    assert all(torch.equal(runs[0][name], runs[1][name]) for name in runs[0])
    assert any(not torch.equal(runs[0][name], other_seed[name]) for name in other_seed)
    assert not torch.are_deterministic_algorithms_enabled()


def test_workers_do_not_change_the_weights(tiny, drawn_faces):
    source = drawn_faces([1, 2], 4)
    runs = [train(tiny(), source, None, TrainingSettings(**{**vars(SHORT), "workers": n})).state_dict() for n in (0, 2)]
    assert all(torch.equal(runs[0][name], runs[1][name]) for name in runs[0])


def test_training_moves_both_adapters(tiny, drawn_faces):
    model = tiny(adapters=True)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    after = train(model, drawn_faces([1, 2], 4), None, SHORT).state_dict()
    for name in after:
        frozen = name.startswith("backbone") and "lora" not in name
        assert torch.equal(before[name], after[name]) is frozen, name


def test_a_model_generalises_to_other_people(tiny, drawn_faces):
    settings = TrainingSettings(epochs=20, batch_size=8, learning_rate=3e-3, weight_decay=0.02, warmup=0.1)
    model = train(tiny(), drawn_faces(list(range(12)), 8), None, settings)
    others = drawn_faces(list(range(100, 108)), 8)
    predictions = predict_source(model, others)
    assert pearson(others.pspi, predictions.pspi) > 0.35  # 64 frames by chance: below 0.32 in 99 of 100


def test_a_model_trained_without_some_references_works_without_them(tiny, drawn_faces):
    settings = TrainingSettings(
        epochs=20, batch_size=8, learning_rate=3e-3, weight_decay=0.02, warmup=0.1, reference_dropout=0.5
    )
    model = train(tiny(), drawn_faces(list(range(12)), 8), None, settings)
    others = drawn_faces(list(range(100, 108)), 8)
    alone = predict_pairs(model, [[(others.picture(row), blank_picture(SIZE))] for row in range(len(others))])
    assert pearson(others.pspi, alone.pspi) > 0.35  # 64 frames by chance: below 0.32 in 99 of 100
    assert pearson(others.pspi, predict_source(model, others).pspi) > 0.35


def test_references_cannot_be_left_out_or_replaced_in_a_model_that_has_none(tiny, drawn_faces):
    for name, model in product(("reference_dropout", "any_reference"), (tiny(reference=False), build_pwct(0))):
        settings = TrainingSettings(epochs=1, batch_size=4, **{name: 0.5})
        with pytest.raises(ValueError, match=f"{name}: this model compares no face with a neutral one"):
            train(model, drawn_faces([1], 4), None, settings)


def test_the_kept_epoch_has_the_least_validation_error(tiny, drawn_faces):
    rows = []
    # a learning rate so high that the training does not converge
    settings = TrainingSettings(epochs=6, batch_size=4, learning_rate=3e-2, seed=2)
    validation = drawn_faces([9], 6)
    model = train(tiny(), drawn_faces([1, 2], 4), validation, settings, Execution(log=rows.append))
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5, 6]
    best = min(rows, key=lambda row: row["validation_pspi"])
    pcc = pearson(validation.pspi, predict_source(model, validation).pspi)
    assert pcc == pytest.approx(best["validation_pcc"], abs=1e-5)
    assert not model.training


def test_a_batch_in_parts_steps_like_a_whole_one(tiny, drawn_faces):
    source = drawn_faces([1, 2], 8)
    unchanged = replace(SHORT, batch_size=8, augment="none")
    runs = []
    for accumulate in (1, 4):
        model = tiny(dropout=0.0)
        train(model, source, None, replace(unchanged, accumulate=accumulate))
        runs.append(predict_source(model, source).pspi)
    assert runs[0] == pytest.approx(runs[1], rel=1e-3)
    with pytest.raises(ValueError, match="a batch of 8 is not divisible by 3"):
        train(tiny(), source, None, replace(unchanged, accumulate=3))


@pytest.mark.parametrize("left_out", ["reference", "binary", "action_units"])
def test_a_model_without_a_part_is_trained(tiny, drawn_faces, left_out):
    parts = {left_out: () if left_out == "binary" else False}
    rows = []
    source = drawn_faces([1, 2], 4)
    model = train(tiny(adapters=True, **parts), source, drawn_faces([3], 4), SHORT, Execution(log=rows.append))
    assert {"binary": "binary" not in rows[0], "action_units": "au" not in rows[0]}.get(left_out, True)
    predictions = predict_source(model, source)
    assert (predictions.aus is None) is (left_out == "action_units")
    assert (not predictions.probability) is (left_out == "binary")
    if left_out == "reference":
        source.neutral = None  # must not be called
        assert np.array_equal(predict_source(model, source).pspi, predictions.pspi)


def test_bf16_gives_nearly_the_same_predictions(tiny, drawn_faces):
    source = drawn_faces([1, 2], 4)
    plain, half = (
        predict_source(train(tiny(), source, None, replace(SHORT, precision=name)), source).pspi
        for name in ("fp32", "bf16")
    )
    assert not np.array_equal(plain, half)
    assert half == pytest.approx(plain, abs=0.5)


def test_gradients_are_clipped(tiny, drawn_faces):
    """AdamW divides by the gradient's size but for its epsilon of 1e-8: one clipped far below that moves nothing."""
    source, moved = drawn_faces([1, 2], 4), []
    start = tiny().state_dict()
    for clip in (1.0, 1e-12):
        after = train(tiny(), source, None, replace(SHORT, clip=clip, weight_decay=0.0)).state_dict()
        moved.append(sum(float((after[name] - start[name]).norm() ** 2) for name in start) ** 0.5)
    assert moved[1] < 0.01 * moved[0]


def test_an_empty_source_is_rejected(tiny, drawn_faces):
    with pytest.raises(ValueError, match="no frames"):
        train(tiny(), Subset(drawn_faces([1], 4), np.arange(0)), None, SHORT)


def test_a_loss_of_nan_is_reported(tiny, drawn_faces):
    model = tiny()
    model.pspi[-1].weight.data.fill_(float("nan"))
    with pytest.raises(
        ValueError, match=r"loss or weights became NaN or infinite in epoch 1; lower --learning-rate \(now 0\.001\)"
    ):
        train(model, drawn_faces([1], 4), None, SHORT)


def test_weights_that_become_nan_after_the_last_loss_are_reported(tiny, drawn_faces, tmp_path, monkeypatch):
    """The loss of the last step is that of the weights before it."""

    def step(self, *arguments):
        terms = whole_step(self, *arguments)
        next(self.model.parameters()).data.fill_(float("nan"))
        return terms

    whole_step = training._Run._step
    monkeypatch.setattr(training._Run, "_step", step)
    checkpointer = Checkpointer(tmp_path / "state", {}, interval=0)
    settings = replace(SHORT, epochs=1, batch_size=4)
    with pytest.raises(training.Diverged, match="loss or weights became NaN"):
        train(tiny(), drawn_faces([1], 4), None, settings, training.Execution(checkpointer=checkpointer))
    assert not (tmp_path / "state").exists()  # it would only end in the same way


def test_no_epochs_leave_a_model_unchanged(tiny, drawn_faces):
    model = tiny()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    after = train(model, drawn_faces([1], 4), drawn_faces([2], 4), replace(SHORT, epochs=0)).state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
