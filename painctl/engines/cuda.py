"""A CUDA GPU, for the models and the diffusion engines."""

from __future__ import annotations


def probe() -> str:
    """The name of the GPU."""
    import torch

    torch.empty(1, device="cuda")
    return torch.cuda.get_device_name()
