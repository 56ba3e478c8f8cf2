"""Training in several processes started by torchrun, through accelerate: each process gets a share of every batch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from painctl.runs.devices import choose_device

if TYPE_CHECKING:
    import torch
    from accelerate import Accelerator


def is_main() -> bool:
    """Whether this process reports and writes files; the others only compute."""
    return os.environ.get("RANK", "0") == "0"


def process_count() -> int:
    """Number of processes in this run."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def wait_for_all() -> None:
    """Block until every process has reached this call."""
    if process_count() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()


def make_accelerator(device: str, precision: str, batch_size: int, accumulate: int) -> Accelerator:
    """An Accelerator on `cpu`, `cuda`, or `auto` (CUDA if there is a GPU).

    Raises ValueError if CUDA or bf16 is requested and not available, or if a batch cannot be split evenly over the
    processes and accumulation steps.
    """
    import torch
    from accelerate import Accelerator

    on_cpu = choose_device(device) == "cpu"
    if precision == "bf16" and not on_cpu and not torch.cuda.is_bf16_supported():
        raise ValueError("--precision bf16: not supported by this GPU; use fp32")
    # fixes the order of sums in cuBLAS, which reads it on first use
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    accelerator = Accelerator(cpu=on_cpu)
    parts = accelerator.num_processes * accumulate
    if batch_size % parts:
        raise ValueError(
            f"a batch of {batch_size} is not divisible by {parts} ({accelerator.num_processes} processes, "
            f"{accumulate} parts each); change --batch-size or --accumulate"
        )
    return accelerator


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """The context of a forward pass in fp32 or bf16."""
    import torch

    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")


def choose_precision(name: str, device: str) -> str:
    """fp32 or bf16; `auto` is bf16 on a GPU that supports it, else fp32."""
    if name != "auto":
        return name
    import torch

    gpu = device != "cpu" and torch.cuda.is_available()
    return "bf16" if gpu and torch.cuda.is_bf16_supported() else "fp32"
