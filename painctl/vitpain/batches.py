"""Batches of pairs for training and evaluation."""

from __future__ import annotations

import math
import signal
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from painctl.runs.draws import draws
from painctl.vitpain.pairs import Pairs
from painctl.vitpain.settings import TrainingSettings

_IGNORED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)


def draw_batches(pspi: np.ndarray, epoch: int, settings: TrainingSettings) -> np.ndarray:
    """The frames in one epoch's batches, int [steps, batch_size], for frames of PSPI [N].

    Every frame comes once, in random order, and further frames fill the last batch. With a `pain_weight` other than 1,
    the same number is drawn with replacement, by weight.
    """
    steps = math.ceil(len(pspi) / settings.batch_size)
    size = steps * settings.batch_size
    rng = draws(settings.seed, -1, f"frames/{epoch}")
    if settings.pain_weight == 1:
        rounds = [rng.permutation(len(pspi)) for _ in range(math.ceil(size / len(pspi)))]
        frames = np.concatenate(rounds)[:size]
    else:
        weights = np.where(np.asarray(pspi) >= 1, settings.pain_weight, 1.0)
        frames = rng.choice(len(weights), size, p=weights / weights.sum())
    return frames.reshape(steps, settings.batch_size)


def load_batches(
    pairs: Pairs, batches: Sequence[np.ndarray] | np.ndarray, epoch: int, workers: int, device: torch.device
) -> Generator[list[Tensor], None, None]:
    """[pain, neutral, PSPI, action units] on `device` for each batch of frames; see `Pairs` for `epoch`.

    Raises what `pairs` raises, and ValueError if `workers` processes cannot be started or one of them dies.
    """
    keys = [[(int(frame), epoch) for frame in batch] for batch in batches]
    dataset: Any = _Loaded(pairs)  # torch calls __getitem__ only
    on_gpu = device.type != "cpu"
    loader = DataLoader(
        dataset,
        batch_sampler=keys,
        num_workers=workers,
        collate_fn=_stacked,
        multiprocessing_context="fork" if workers else None,  # open HDF5 files cannot be sent to a new interpreter
        worker_init_fn=_ignore_signals,
        generator=torch.Generator(),  # else the workers' unused seed would be drawn from the generator of the dropout
    )
    for batch in _guarded(loader, workers):
        if isinstance(batch, Exception):
            raise batch
        parts = [torch.from_numpy(part) for part in batch]
        yield [part.pin_memory().to(device, non_blocking=True) if on_gpu else part for part in parts]


@dataclass(frozen=True)
class _Loaded:
    """Pairs whose errors are items: raised in a worker, they would reach the user with the traceback as message."""

    pairs: Pairs

    def __getitem__(self, key: tuple[int, int]) -> Any:
        try:
            return self.pairs[key]
        except Exception as error:
            return error


def _stacked(items: Sequence[Any]) -> Any:
    """A batch as arrays, or the first error in it.

    Workers send arrays through a pipe, and tensors through /dev/shm, of which a container has 64 MB.
    """
    error = next((item for item in items if isinstance(item, Exception)), None)
    return error or [np.stack(column) for column in zip(*items, strict=True)]


def _ignore_signals(worker: int) -> None:
    """In a worker: the training decides when to stop, also if its whole process group or job gets the signal."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)


def _guarded(loader: DataLoader[Any], workers: int) -> Iterator[Any]:
    """The batches of a loader. Raises ValueError if its workers cannot be started, or if one dies."""
    try:
        yield from loader
    except (RuntimeError, OSError) as error:
        if not workers:
            raise
        reason = " ".join(str(error).split())[:160]
        raise ValueError(
            f"--workers {workers}: a process that decodes pictures could not be started, or died ({reason}); "
            "use --workers 0, or give the container more memory and processes (docker run --shm-size 1g)"
        ) from None
