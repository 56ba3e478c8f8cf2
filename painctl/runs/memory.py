"""How the C library treats freed memory."""

from __future__ import annotations

import contextlib
import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of mallopt(3)
_LARGEST = 32 * 1024 * 1024  # bytes, the highest M_MMAP_THRESHOLD that glibc takes on 64-bit systems


def keep_freed_memory() -> None:
    """Keep freed memory for the arrays to come, in this process and those that it forks.

    By default glibc returns the memory of large arrays to the kernel, which clears it page by page for the next array.
    Does nothing where the C library has no `mallopt`.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _LARGEST)
        mallopt(_TRIM_THRESHOLD, 2**31 - 1)
