import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from painctl.rig.neural import training
from painctl.rig.neural.training import RigTrainingSettings, _pace, teach, untaught
from painctl.runs.resume import digest


def settings(steps=6, seed=3):
    return RigTrainingSettings(steps=steps, people=1, seed=seed, learning_rate=1e-3)


class Killed(Exception):
    pass


def test_a_run_that_was_killed_goes_on_to_the_same_weights(teacher, specimen, tmp_path):
    whole = untaught(teacher, 3)
    teach(whole, [specimen], settings(), tmp_path / "whole")
    steps = []

    def kill():
        steps.append(1)
        if len(steps) == 4:
            raise Killed

    broken = untaught(teacher, 3)
    with pytest.raises(Killed):
        teach(broken, [specimen], settings(), tmp_path / "state", kill, seconds=0)
    resumed, more = untaught(teacher, 3), []
    teach(resumed, [specimen], settings(), tmp_path / "state", lambda: more.append(1))
    assert len(more) == 3  # three of six were kept, the fourth was lost
    assert digest(resumed) == digest(whole)


def test_a_state_of_another_run_is_refused(teacher, specimen, tmp_path):
    teach(untaught(teacher, 3), [specimen], settings(1), tmp_path / "state")
    with pytest.raises(ValueError, match="of a run with"):
        teach(untaught(teacher, 4), [specimen], settings(1, seed=4), tmp_path / "state")


def test_it_learns(teacher, specimen, tmp_path, monkeypatch):
    """What the texels know of half of the displacements, they know more of after thirty steps."""
    for name, value in (("_OFTEN", 10), ("_HEADS", 1), ("_CARE", 1.0), ("_WARM", 1)):
        monkeypatch.setattr(training, name, value)
    rows, network = [], untaught(teacher, 0)
    with torch.no_grad():
        network.carried.mul_(0.5)
    log = lambda step, losses: rows.append(losses["vertices"])  # noqa: E731
    teach(network, [specimen], RigTrainingSettings(30, 1, 0, 3e-3), tmp_path / "state", log=log)
    assert rows[-1] < 0.8 * rows[0]


def test_all_of_a_step_but_the_solve_is_on_the_device(teacher, specimen, monkeypatch):
    """On a GPU that torch only pretends to have: it computes nothing, and refuses to mix what is there with the CPU."""

    class Lesson(torch.nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, lesson):
            return training._lesson(self.network, [specimen], 0, lesson, "cuda")

    def away(deviations, poisson):
        assert deviations.device.type == "cuda"
        return torch.zeros(len(deviations), len(specimen.rows), 3).to(deviations)

    monkeypatch.setattr(training, "solve", away)
    lesson = Lesson(untaught(teacher, 3))
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        weights = {name: mode.from_tensor(value).to("cuda") for name, value in lesson.named_parameters()}
        for number in range(4):  # heads as they are, and turned
            losses = torch.func.functional_call(lesson, weights, (number,))
            assert {loss.device.type for loss in losses.values()} == {"cuda"}


def test_another_seed_begins_elsewhere_and_the_same_one_does_not(teacher):
    assert digest(untaught(teacher, 1)) == digest(untaught(teacher, 1)) != digest(untaught(teacher, 2))


def test_a_run_that_comes_to_nothing_is_stopped(teacher, specimen, tmp_path):
    network = untaught(teacher, 3)
    with torch.no_grad():
        network.carried.fill_(float("inf"))
    with pytest.raises(ValueError, match="step 1: the losses are no numbers any more; lower --learning-rate"):
        teach(network, [specimen], settings(), tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_the_rate_rises_and_falls():
    rates = [_pace(step, 1000) for step in range(1000)]
    assert np.argmax(rates) == pytest.approx(99, abs=2)
    assert rates[0] < 0.02
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)
