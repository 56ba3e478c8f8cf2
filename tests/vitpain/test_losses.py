import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss, mean_squared_error

from painctl.vitpain.interface import Outputs
from painctl.vitpain.losses import losses
from painctl.vitpain.settings import TrainingSettings

WEIGHTS = TrainingSettings(pspi_loss=2, binary_loss=3, au_loss=0.5)


def test_terms_and_weights_against_sklearn():
    rng = np.random.default_rng(0)
    pspi, aus = rng.integers(0, 17, 20), rng.integers(0, 6, (20, 6))
    pspi[0] = 0
    scores, logits, units = rng.random(20), rng.normal(size=(20, 2)), rng.random((20, 6)) * 5
    outputs = Outputs(*(torch.tensor(part) for part in (scores, logits, units)))
    terms = losses(outputs, torch.tensor(pspi), torch.tensor(aus), (1, 3), WEIGHTS)
    probability = 1 / (1 + np.exp(-logits))
    expected = {
        "pspi": mean_squared_error(pspi / 16, scores),
        "binary": np.mean(
            [log_loss(pspi >= k, p, labels=[False, True]) for k, p in zip((1, 3), probability.T, strict=True)]
        ),
        "au": mean_squared_error(aus, units),
    }
    for name, value in expected.items():
        assert terms[name].item() == pytest.approx(value, rel=1e-6)
    total = 2 * expected["pspi"] + 3 * expected["binary"] + 0.5 * expected["au"]
    assert terms["loss"].item() == pytest.approx(total, rel=1e-6)


def test_a_missing_head_adds_no_term():
    outputs = Outputs(torch.tensor([0.5, 0.25]), None, None)
    terms = losses(outputs, torch.tensor([8, 8]), torch.zeros(2, 6), (), WEIGHTS)
    assert set(terms) == {"loss", "pspi"}
    assert terms["loss"].item() == pytest.approx(2 * 0.25**2 / 2)


def test_the_spread_is_trained_by_the_likelihood_of_the_error_and_leaves_the_estimate_alone():
    scores, spread = torch.tensor([0.5, 0.25], requires_grad=True), torch.tensor([0.1, 0.2], requires_grad=True)
    terms = losses(Outputs(scores, None, None, spread=spread), torch.tensor([8, 8]), torch.zeros(2, 6), (), WEIGHTS)
    errors = torch.distributions.Normal(scores.detach(), spread).log_prob(torch.tensor([0.5, 0.5]))
    torch.testing.assert_close(terms["spread"], -errors.mean() - 0.5 * np.log(2 * np.pi))
    terms["spread"].backward()
    assert scores.grad is None
    assert spread.grad[0] > 0 > spread.grad[1]  # too wide for no error, too narrow for one of 0.25


def test_units_that_are_not_coded_have_no_error_and_no_gradient():
    rng = np.random.default_rng(1)
    aus = torch.tensor(rng.integers(0, 6, (5, 6)), dtype=torch.float32)
    coded = torch.tensor(rng.random((5, 6)) < 0.5)
    units = torch.tensor(rng.random((5, 6)), requires_grad=True)
    outputs = Outputs(torch.full((5,), 0.5), None, units)
    terms = losses(outputs, torch.zeros(5), torch.where(coded, aus, torch.nan), (), WEIGHTS)
    torch.testing.assert_close(terms["au"], ((units - aus)[coded] ** 2).mean().double(), check_dtype=False)
    terms["au"].backward()
    assert (units.grad[~coded] == 0).all()
    assert (units.grad[coded] != 0).all()
    nothing = losses(outputs, torch.zeros(5), torch.full((5, 6), torch.nan), (), WEIGHTS)
    assert nothing["au"] == 0
