"""Where a model computes."""

from __future__ import annotations


def choose_device(name: str) -> str:
    """`auto` is CUDA where there is one. Raises ValueError for CUDA where there is none."""
    import torch

    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("--device cuda: torch finds no CUDA GPU here; use cpu")
    return ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name
