import pytest
import torch

from painctl.runs.devices import choose_device


def test_cuda_is_chosen_where_there_is_a_gpu_and_rejected_where_there_is_none():
    assert choose_device("cpu") == "cpu"
    if torch.cuda.is_available():
        assert choose_device("auto") == choose_device("cuda") == "cuda"
    else:
        assert choose_device("auto") == "cpu"
        with pytest.raises(ValueError, match="--device cuda: torch finds no CUDA GPU"):
            choose_device("cuda")
