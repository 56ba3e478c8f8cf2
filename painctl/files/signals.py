"""Signals held back while a library call is in progress."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)  # those that ask a run to stop


@contextlib.contextmanager
def defer_signals() -> Iterator[Callable[[], None]]:
    """Hold signals that ask to stop back while a library calls us, which would lose an exception on the way.

    Yields a function to call wherever it is safe to stop: there, and at the end, a signal that came is handled.
    """
    came: list[int] = []

    def safe() -> None:
        while came:
            number = came.pop(0)
            handler = before[signal.Signals(number)]
            if callable(handler):
                handler(number, None)

    def hold(number: int, frame: FrameType | None) -> None:
        came.append(number)

    if threading.current_thread() is not threading.main_thread():  # which never has to handle one
        yield safe
        return
    ours = [number for number in SIGNALS if callable(signal.getsignal(number))]
    before = {number: signal.signal(number, hold) for number in ours}
    try:
        yield safe
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    safe()
