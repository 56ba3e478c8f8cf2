"""What besides its seed decides the last digits of a training: the machine that computes it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from painctl.runs.description import difference
from painctl.runs.seeding import deterministic


def describe_machine(device: str) -> dict[str, Any]:
    """What makes two machines give different bits, as plain values, for a device of `choose_device`.

    `arithmetic` is a digest of a small calculation of the same kind as a training. It differs wherever the kernels do:
    by the CPU that MKL and oneDNN detect, by their environment variables (MKL_CBWR, ONEDNN_MAX_CPU_ISA), by the GPU.
    """
    on_gpu = device != "cpu"
    return {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if on_gpu else "cpu",
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "arithmetic": _arithmetic("cuda" if on_gpu else "cpu"),
    }


def machine_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What differs between two descriptions of machines, in words; empty if nothing does."""
    names = [*new, *(name for name in old if name not in new)]
    return next((text for name in names if (text := difference(old.get(name), new.get(name), name))), "")


def _arithmetic(device: str) -> str:
    """Digest of the gradients of a small network with the layers that our models are made of."""
    with torch.inference_mode(False), torch.random.fork_rng():
        torch.manual_seed(0)
        network = nn.Sequential(
            nn.Conv2d(3, 32, 3),
            nn.BatchNorm2d(32),
            nn.Conv2d(32, 64, 5, 5),
            nn.Flatten(2),
            nn.Linear(36, 256),
            nn.LayerNorm(256),
            nn.TransformerEncoderLayer(256, 8, 512, 0.0, "gelu", batch_first=True),
            nn.Linear(256, 1),
        ).to(device)
        pictures = torch.randn(4, 3, 32, 32).to(device)
    with deterministic(), torch.inference_mode(False), torch.enable_grad(), torch.autocast(device, enabled=False):
        network(pictures).square().mean().backward()
    total = hashlib.sha256()
    for parameter in network.parameters():
        if parameter.grad is not None:
            total.update(parameter.grad.cpu().numpy().tobytes())
    return total.hexdigest()[:16]
