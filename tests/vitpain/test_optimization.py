import numpy as np
import pytest

from painctl.vitpain.optimization import learning_rate_factor, parameter_groups
from painctl.vitpain.settings import TrainingSettings


@pytest.mark.parametrize("adapters", [False, True])
def test_the_groups_have_each_trainable_parameter_once(tiny, adapters):
    model = tiny(adapters)
    grouped = [id(parameter) for group in parameter_groups(model, TrainingSettings()) for parameter in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in model.parameters() if p.requires_grad)
    name_of = {id(parameter): name for name, parameter in model.named_parameters()}
    names = {name_of[parameter] for parameter in grouped}
    assert "action_units.queries" in names
    for adapter in ("pain", "neutral"):
        assert any(f"lora_A.{adapter}" in name for name in names) is adapters


def test_adapters_have_their_own_learning_rate(tiny):
    model = tiny(adapters=True)
    groups = parameter_groups(model, TrainingSettings(adapter_rate=0.1))
    rate_of = {id(p): group["lr"] for group in groups for p in group["params"]}
    rates = {name: rate_of[id(p)] for name, p in model.named_parameters() if p.requires_grad}
    assert {rate for name, rate in rates.items() if "lora_" in name} == {0.1 * 1e-5}
    assert {rate for name, rate in rates.items() if "lora_" not in name} == {1e-5}


def test_the_learning_rate_rises_then_falls_as_half_a_cosine():
    settings = TrainingSettings(warmup=0.1)
    factors = [learning_rate_factor(step, 200, settings) for step in range(201)]
    assert factors[19] == factors[20] == 1
    assert factors[9] == 0.5
    assert factors[110] == pytest.approx((1 + 0.01) / 2)
    assert factors[200] == pytest.approx(0.01)
    assert all(np.diff(factors[20:]) < 0)
