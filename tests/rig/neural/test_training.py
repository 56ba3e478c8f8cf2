import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from painctl.rig.neural import training
from painctl.rig.neural.training import RigTrainingSettings, RunOptions, _schedule, initial_network, train
from painctl.runs.resume import digest


def settings(steps=6, seed=3):
    return RigTrainingSettings(steps=steps, people=1, seed=seed, learning_rate=1e-3)


class Killed(Exception):
    pass


def test_a_killed_run_resumes_to_the_same_weights(source, training_head, tmp_path):
    uninterrupted = initial_network(source, 3)
    train(uninterrupted, [training_head], settings(), RunOptions(tmp_path / "whole"))
    steps = []

    def kill():
        steps.append(1)
        if len(steps) == 4:
            raise Killed

    broken = initial_network(source, 3)
    with pytest.raises(Killed):
        train(broken, [training_head], settings(), RunOptions(tmp_path / "state", tick=kill, seconds=0))
    resumed, resumed_steps = initial_network(source, 3), []
    train(resumed, [training_head], settings(), RunOptions(tmp_path / "state", tick=lambda: resumed_steps.append(1)))
    assert len(resumed_steps) == 3  # three of six steps were saved, the fourth was lost
    assert digest(resumed) == digest(uninterrupted)


def test_a_state_of_another_run_is_rejected(source, training_head, tmp_path):
    train(initial_network(source, 3), [training_head], settings(1), RunOptions(tmp_path / "state"))
    with pytest.raises(ValueError, match="of a run with"):
        train(initial_network(source, 4), [training_head], settings(1, seed=4), RunOptions(tmp_path / "state"))


def test_training_reduces_the_loss(source, training_head, tmp_path, monkeypatch):
    """Fields of half the true displacements are closer to them after thirty steps."""
    for name, value in (("_LOG_EVERY", 10), ("_HEADS", 1), ("_FIELD_RATE", 1.0), ("_WARM_UP", 1)):
        monkeypatch.setattr(training, name, value)
    rows, network = [], initial_network(source, 0)
    with torch.no_grad():
        network.fields.mul_(0.5)
    log = lambda step, losses: rows.append(losses["vertices"])  # noqa: E731
    train(network, [training_head], RigTrainingSettings(30, 1, 0, 3e-3), RunOptions(tmp_path / "state", log=log))
    assert rows[-1] < 0.8 * rows[0]


@pytest.mark.skipif(not torch.backends.cuda.is_built(), reason="the fake GPU needs a torch built with CUDA")
def test_all_of_a_step_except_the_solve_is_on_the_device(source, training_head, monkeypatch):
    """On torch's fake GPU, which computes nothing, but rejects operations that mix its tensors with the CPU's."""

    class Example(torch.nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, number):
            return training._example_losses(self.network, [training_head], 0, number, "cuda")

    def fake_solve(deviations, poisson):
        assert deviations.device.type == "cuda"
        return torch.zeros(len(deviations), len(training_head.rows), 3).to(deviations)

    monkeypatch.setattr(training, "solve", fake_solve)
    example = Example(initial_network(source, 3))
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        weights = {name: mode.from_tensor(value).to("cuda") for name, value in example.named_parameters()}
        for number in range(4):  # with and without a pose error
            losses = torch.func.functional_call(example, weights, (number,))
            assert {loss.device.type for loss in losses.values()} == {"cuda"}


def test_the_initial_network_depends_on_the_seed_alone(source):
    first, repeated, other_seed = (digest(initial_network(source, seed)) for seed in (1, 1, 2))
    assert first == repeated != other_seed


def test_infinite_losses_end_the_run(source, training_head, tmp_path):
    network = initial_network(source, 3)
    with torch.no_grad():
        network.fields.fill_(float("inf"))
    with pytest.raises(
        ValueError, match=r"losses became NaN or infinite in step 1; lower --learning-rate \(now 0.001\)"
    ):
        train(network, [training_head], settings(), RunOptions(tmp_path / "state"))
    assert not (tmp_path / "state").exists()


def test_the_learning_rate_rises_and_falls():
    rates = [_schedule(step, 1000) for step in range(1000)]
    assert np.argmax(rates) == pytest.approx(99, abs=2)
    assert rates[0] < 0.02
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)
