import pytest
import torch
from torch import nn

from painctl.runs.weights import check_weights, one_line, shapes_alone
from painctl.vitpain.model import build


def test_weights_that_fit_are_accepted(tmp_path):
    model = nn.BatchNorm1d(2)  # has an integer buffer
    check_weights(tmp_path, model.state_dict(), model, "the model")


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({}, r"bias is missing \(2 such weights\)"),
        ({"bias": torch.zeros(1), "weight": torch.zeros(1, 2), "x": torch.zeros(1)}, "x is not in the model"),
        ({"bias": torch.zeros(3), "weight": torch.zeros(1, 2)}, r"bias has shape \[3\]; the model expects \[1\]"),
        ({"bias": torch.zeros(1), "weight": torch.full((1, 2), torch.inf)}, "weight has NaN or infinite values"),
        ({"bias": torch.zeros(1).int(), "weight": torch.zeros(1, 2)}, "bias is not an array of real numbers"),
    ],
)
def test_the_error_names_the_weight_that_does_not_fit(tmp_path, weights, message):
    with pytest.raises(ValueError, match=f"file: {message}"):
        check_weights(tmp_path / "file", weights, nn.Linear(2, 1), "the model")


def test_one_line_is_short_and_printable():
    assert one_line("a\n\x1b[31m b") == "a ?[31m b"
    assert len(one_line("x" * 500)) == 120


def test_a_model_of_shapes_alone_takes_no_memory_and_has_the_names_of_a_real_one():
    with shapes_alone():
        claimed = build("hybrid")
    assert {name: value.shape for name, value in claimed.state_dict().items()} == {
        name: value.shape for name, value in build("hybrid").state_dict().items()
    }
    assert all(value.is_meta for value in claimed.parameters())
