"""Redirecting file descriptors, for native libraries that write past `sys.stdout` and `sys.stderr`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def redirected(*descriptors: int, to: int | None = None) -> Iterator[None]:
    """Point file descriptors to the descriptor `to`, or to the null device, and restore them at the end.

    A descriptor that the caller has closed is left alone. Python's buffers of 1 and 2 are flushed before either change,
    so that each line goes where the descriptor pointed when it was printed.
    """
    with contextlib.ExitStack() as stack:
        for descriptor in filter(_is_open, descriptors):
            if to is None:
                to = os.open(os.devnull, os.O_WRONLY)
                stack.callback(os.close, to)
            original = os.dup(descriptor)
            stack.callback(os.close, original)
            _flush(descriptor)
            os.dup2(to, descriptor)
            stack.callback(os.dup2, original, descriptor)
            stack.callback(_flush, descriptor)
        yield


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _flush(descriptor: int) -> None:
    stream = {1: sys.stdout, 2: sys.stderr}.get(descriptor)
    if stream is not None and not stream.closed:
        stream.flush()
