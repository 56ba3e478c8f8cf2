"""Training in several processes started by torchrun, through accelerate: each process gets a share of every batch.

Whether there are several is decided here, from torchrun's variables alone. accelerate would also believe those that
MPI, Slurm or an earlier launcher left in the environment, and wait for processes that do not exist, or train with
nobody to write the model; it never gets to read them.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from painctl.records import UsageError
from painctl.runs.devices import choose_device

if TYPE_CHECKING:
    import torch
    from accelerate import Accelerator

_TORCHRUN: Final = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
_OTHERS: Final = ("ACCELERATE_", "FSDP_", "FORK_LAUNCHED", "PMI_", "OMPI_", "MV2_", "MPI_LOCAL", "LOCAL_WORLD_SIZE")
_MEETING: Final = timedelta(seconds=60)  # until all processes are there
_COLLECTIVE: Final = timedelta(minutes=30)  # torch's default, for every exchange after that


@dataclass(frozen=True)
class Launch:
    """This process among those of a training."""

    rank: int = 0
    count: int = 1


def launch() -> Launch:
    """This process's place, by the variables of torchrun; incomplete ones and those of other launchers are ignored.

    Raises UsageError if RANK and a WORLD_SIZE above 1 are there, but are not what torchrun would set.
    """
    values = {name: os.environ.get(name, "").strip() for name in _TORCHRUN}
    if not values["RANK"] or values["WORLD_SIZE"] in ("", "1"):
        return Launch()
    numbers = {name: values[name] for name in _TORCHRUN if name != "MASTER_ADDR"}
    wrong = [name for name, value in numbers.items() if not (value.isascii() and value.isdecimal())]
    if not values["MASTER_ADDR"]:
        wrong.append("MASTER_ADDR")
    if not wrong and not int(values["RANK"]) < int(values["WORLD_SIZE"]):
        wrong.append("RANK")
    if wrong:
        raise UsageError(
            f"environment variable {wrong[0]} is {values[wrong[0]]!r} beside RANK={values['RANK']} and "
            f"WORLD_SIZE={values['WORLD_SIZE']}: not set by torchrun; start several processes with torchrun, or unset "
            "RANK and WORLD_SIZE to train in one"
        )
    return Launch(int(values["RANK"]), int(values["WORLD_SIZE"]))


def is_main() -> bool:
    """Whether this process reports and writes files; the others only compute."""
    return launch().rank == 0


def process_count() -> int:
    """Number of processes in this run."""
    return launch().count


def meet(device: str) -> None:
    """Connect to the other processes of this training, if there are any and it has not been done.

    `device` is cpu, cuda or auto. Raises ValueError if they are not all there after a minute.
    """
    place = launch()
    if place.count == 1:
        return
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "FATAL")  # else a failed connection prints a stack trace
    import torch.distributed as dist

    if dist.is_initialized():
        return
    address = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
    try:
        if place.rank or os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True":
            _wait_for_server(os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
        store, _, _ = next(dist.rendezvous("env://", timeout=_MEETING))
        store.set(f"painctl/{place.rank}", "here")
        store.wait([f"painctl/{rank}" for rank in range(place.count)], _MEETING)
    except (RuntimeError, OSError, ValueError, OverflowError) as error:
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        raise ValueError(
            f"RANK={place.rank}: the {place.count} processes of WORLD_SIZE did not meet at {address} ({reason}); start "
            "them together with torchrun, or unset RANK and WORLD_SIZE to train in one"
        ) from None
    store.set_timeout(_COLLECTIVE)
    backend = "gloo" if choose_device(device) == "cpu" else "nccl"
    dist.init_process_group(backend, store=store, rank=place.rank, world_size=place.count, timeout=_COLLECTIVE)


def _wait_for_server(host: str, port: int) -> None:
    """Wait until something listens at an address; torch would try for much longer than its timeout. Raises OSError."""
    deadline = time.monotonic() + _MEETING.total_seconds()
    while True:
        try:
            with socket.create_connection((host, port), timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def wait_for_all() -> None:
    """Block until every process has reached this call."""
    if process_count() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()


def prepare_accelerate(device: str) -> None:
    """Have accelerate look at the processes of this training, which its trackers need before `make_accelerator`.

    `device` is cpu, cuda or auto. Raises as `meet`.
    """
    from accelerate import PartialState

    meet(device)
    with _own_variables_only():
        PartialState(cpu=choose_device(device) == "cpu")


def make_accelerator(device: str, precision: str, batch_size: int, accumulate: int) -> Accelerator:
    """An Accelerator on `cpu`, `cuda`, or `auto` (CUDA if there is a GPU).

    Raises ValueError if CUDA or bf16 is requested and not available, or if a batch cannot be split evenly over the
    processes and accumulation steps, and as `meet` does.
    """
    import torch
    from accelerate import Accelerator

    on_cpu = choose_device(device) == "cpu"
    if precision == "bf16" and not on_cpu and not torch.cuda.is_bf16_supported():
        raise ValueError("--precision bf16: not supported by this GPU; use fp32")
    # fixes the order of sums in cuBLAS, which reads it on first use
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    meet(device)
    with _own_variables_only():
        accelerator = Accelerator(cpu=on_cpu)
    parts = accelerator.num_processes * accumulate
    if batch_size % parts:
        raise ValueError(
            f"a batch of {batch_size} is not divisible by {parts} ({accelerator.num_processes} processes, "
            f"{accumulate} parts each); change --batch-size or --accumulate"
        )
    return accelerator


@contextmanager
def _own_variables_only() -> Iterator[None]:
    """Inside the block, no variables by which accelerate would count processes or configure itself but torchrun's."""
    before = dict(os.environ)
    hidden = _OTHERS if process_count() > 1 else (*_OTHERS, *_TORCHRUN)
    for name in before:
        if name.startswith(hidden):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


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
