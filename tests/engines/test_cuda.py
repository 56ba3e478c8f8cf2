import pytest
import torch

from painctl.engines import cuda


def test_a_cpu_build_of_torch_is_reported_as_such():
    if torch.cuda.is_available():
        pytest.skip("a GPU")
    with pytest.raises((ImportError, RuntimeError)) as error:
        cuda.probe()
    assert torch.backends.cuda.is_built() or "CPU build" in str(error.value)
