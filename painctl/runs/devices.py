"""Which device a model runs on."""

from __future__ import annotations


def choose_device(name: str) -> str:
    """`cpu` or `cuda`; `auto` picks CUDA if there is a GPU. Raises ValueError if CUDA is requested without one."""
    import torch

    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("--device cuda: torch finds no CUDA GPU; use --device cpu")
    return ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name
