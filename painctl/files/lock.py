"""One writer per output: the second process that is given the same target is refused at once.

The lock is on `.NAME.lock` beside the target. The kernel releases it however its process ends, so a file left by a
killed process does not block. It is a POSIX lock, which NFS has too, and which forked children do not inherit: they may
outlive a killed parent. On a file system without locks, nothing is refused.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from painctl.files.scratch import with_filename
from painctl.files.signals import defer_signals

_WITHOUT_LOCKS: Final = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


@contextlib.contextmanager
def only_writer(target: Path) -> Iterator[None]:
    """Lock a target, a file or a folder, while the block lasts.

    Raises ValueError if another process holds the lock, and OSError with the name of `target` if its folder cannot be
    written; unless the target exists, which a rerun may only read.
    """
    path = target.with_name(f".{target.name}.lock")
    if target.exists() and not os.access(target.parent, os.W_OK):
        yield
        return
    try:
        handle = _locked(path)
    except BlockingIOError:
        raise ValueError(
            f"{target}: another process is writing it; wait until it ends, or use another -o (several processes "
            "share one training under torchrun only)"
        ) from None
    except OSError as error:
        raise with_filename(error, target) from None
    try:
        yield
    finally:
        with defer_signals():
            path.unlink(missing_ok=True)  # before the lock is released, or another process's file would be removed
            os.close(handle)


def _locked(path: Path) -> int:
    """The descriptor of a locked file. Raises BlockingIOError if another process has it locked."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except OSError as error:
            if error.errno in _WITHOUT_LOCKS:
                return handle
            os.close(handle)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(path)) from None
            raise
        os.close(handle)  # the process that held it removed it in between
