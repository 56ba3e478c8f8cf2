"""A CUDA GPU, for the models and the diffusion engines."""

from __future__ import annotations


def probe() -> str:
    """The name of the GPU."""
    import torch

    if not torch.backends.cuda.is_built():  # torch reports this with an AssertionError
        raise ImportError("this torch is a CPU build; install one with CUDA from pytorch.org")
    torch.empty(1, device="cuda")
    return torch.cuda.get_device_name()
