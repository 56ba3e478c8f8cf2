import pytest
import torch

from painctl.aligner.network import Architecture, LandmarkNet
from painctl.aligner.samples import Samples
from painctl.aligner.training import measure, train
from painctl.runs import fit
from painctl.runs.fit import FitSettings
from painctl.runs.resume import Checkpointer
from painctl.runs.seeding import seeded

SHORT = FitSettings(epochs=2, batch_size=4, learning_rate=1e-3)


def small(seed=0):
    with seeded(seed, "aligner"):
        return LandmarkNet(Architecture(48, (8, 16), 32))


def weights(network):
    return torch.cat([tensor.flatten() for tensor in network.state_dict().values()])


def test_it_learns_where_landmarks_are(dots):
    samples = Samples(dots(24), 48)
    untrained = measure(small(), samples)
    network = train(small(), samples, None, FitSettings(epochs=40, batch_size=8, learning_rate=4e-3))
    assert not network.training
    assert measure(network, samples)["error"] < 0.6 * untrained["error"]


def test_a_resumed_training_ends_in_the_same_bits(dots, tmp_path):
    samples, rows = Samples(dots(9), 48), []
    whole = train(small(), samples, samples, SHORT, log=rows.append)
    assert [row["epoch"] for row in rows] == [1, 2]
    assert rows[0].keys() == {"epoch", "loss", "error", "visible", "yaw", "pitch"}
    checkpointer = Checkpointer(tmp_path / "state", {"run": 1}, interval=0)

    class Killed(Exception):
        pass

    steps = []

    def step(*given, take=fit._step):
        if len(steps) == 3:
            raise Killed
        steps.append(1)
        return take(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "_step", step)
        with pytest.raises(Killed):
            train(small(), samples, samples, SHORT, checkpointer)
    resumed_rows = []
    resumed = train(small(), samples, samples, SHORT, checkpointer, resumed_rows.append)
    assert torch.equal(weights(whole), weights(resumed))
    assert resumed_rows == rows


def test_a_loss_that_is_not_finite_is_an_error(dots):
    with pytest.raises(ValueError, match="NaN or infinite in epoch 1; train with another --seed"):
        train(small(), Samples(dots(8), 48), None, FitSettings(epochs=1, batch_size=4, learning_rate=1e30))


def test_no_pictures_are_an_error(dots):
    with pytest.raises(ValueError, match="no pictures to train on"):
        train(small(), Samples(dots(0), 48), None, SHORT)
