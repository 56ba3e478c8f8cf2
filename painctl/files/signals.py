"""Signals deferred while a library call is in progress."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def defer_signals() -> Iterator[Callable[[], None]]:
    """Defer signals with Python handlers while a library calls back into Python, where an exception would be lost.

    Yields a function to call wherever it is safe to stop: there, and at the end, pending signals are handled.
    """
    pending: list[int] = []

    def handle_pending() -> None:
        while pending:
            number = pending.pop(0)
            handler = previous[number]
            if callable(handler):
                handler(number, None)

    def defer(number: int, frame: FrameType | None) -> None:
        pending.append(number)

    if threading.current_thread() is not threading.main_thread():  # only the main thread handles signals
        yield handle_pending
        return
    handled = [number for number in signal.valid_signals() if callable(signal.getsignal(number))]
    previous = {int(number): signal.signal(number, defer) for number in handled}
    try:
        yield handle_pending
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    handle_pending()
