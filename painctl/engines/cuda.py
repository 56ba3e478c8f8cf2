"""A CUDA GPU, for the models and the diffusion engines."""

from __future__ import annotations


def probe() -> str:
    """The name of the GPU."""
    import torch

    try:
        torch.empty(1, device="cuda")
    except AssertionError as error:  # torch built without CUDA
        raise RuntimeError(str(error)) from None
    return torch.cuda.get_device_name()
