"""One training run in several processes, as torchrun starts them, by accelerate: each has a share of every batch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from painctl.runs.devices import choose_device

if TYPE_CHECKING:
    import torch
    from accelerate import Accelerator


def is_main() -> bool:
    """Whether this process tells and writes; the others compute along."""
    return os.environ.get("RANK", "0") == "0"


def accelerator(device: str, precision: str, batch_size: int, accumulate: int) -> Accelerator:
    """Accelerate for `cpu`, `cuda`, or `auto`, which is CUDA where there is one.

    Raises ValueError for CUDA where there is none, for bf16 where the device lacks it, and if a batch does not divide
    over the processes and their parts.
    """
    import torch
    from accelerate import Accelerator

    on_cpu = choose_device(device) == "cpu"
    if precision == "bf16" and not on_cpu and not torch.cuda.is_bf16_supported():
        raise ValueError("--precision bf16: this GPU has none; use fp32")
    # sums in one order: cuBLAS reads this when it is first used
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    made = Accelerator(cpu=on_cpu)
    parts = made.num_processes * accumulate
    if batch_size % parts:
        raise ValueError(
            f"a batch of {batch_size} does not divide by {parts} ({made.num_processes} processes, "
            f"{accumulate} parts each); change --batch-size or --accumulate"
        )
    return made


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


def count() -> int:
    """Number of processes of this run."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def wait() -> None:
    """Until every process has come here."""
    if count() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()
