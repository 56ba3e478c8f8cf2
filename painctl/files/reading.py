"""Whole files that others wrote: regular files only, of a bounded size, and never a placeholder for the real one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file to read it; a link to one is followed.

    Never blocks. Raises OSError if it cannot be opened, IsADirectoryError for a folder, and ValueError for a named
    pipe, a socket, a device, and a Git LFS pointer.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # without O_NONBLOCK, a pipe waits for a writer
    try:
        kind = stat.S_IFMT(os.fstat(handle).st_mode)
        if kind == stat.S_IFDIR:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if kind != stat.S_IFREG:
            raise ValueError(f"{path}: {kind_of(kind)}, not a file; copy its content into a file")
        if os.pread(handle, len(_LFS_POINTER), 0) == _LFS_POINTER:
            raise ValueError(f"{path}: a Git LFS pointer, not the file itself; run `git lfs pull` where it came from")
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes. Raises as `open_regular`; ValueError for a larger one."""
    with open_regular(path) as file:
        is_larger = os.fstat(file.fileno()).st_size > limit
        data = b"" if is_larger else file.read(limit + 1)  # the size may change, and is 0 in /proc
    if is_larger or len(data) > limit:
        raise ValueError(f"{path}: larger than the limit of {limit / 1e6:,.0f} MB")
    return data


def kind_of(mode: int) -> str:
    """What a special file of this mode is: "a named pipe", "a device"."""
    return _KINDS.get(stat.S_IFMT(mode), "a special file")
