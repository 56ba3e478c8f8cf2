"""Stops a training by a signal only where its model is whole, and in all of its processes at the same step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from accelerate import Accelerator

from painctl.files.signals import defer_signals


@contextmanager
def stop_together(accelerator: Accelerator) -> Iterator[Callable[[], None]]:
    """Defer signals inside the block; yields a function to call wherever the training may stop.

    Every process must call it equally often. It raises what the signal's handler raises; in processes that received
    none, while another did, InterruptedError. A process that stopped alone would leave the others waiting for it.
    """
    with defer_signals() as handle_pending:

        def stop_if_signalled() -> None:
            stop: BaseException | None = None
            try:
                handle_pending()
            except BaseException as raised:
                stop = raised
            if accelerator.num_processes > 1:
                count = torch.tensor(float(stop is not None), device=accelerator.device)
                if accelerator.reduce(count, "sum").item() and stop is None:
                    stop = InterruptedError("another process of this training was stopped, and with it this one")
            if stop is not None:
                raise stop

        yield stop_if_signalled
