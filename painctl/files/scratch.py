"""What is in the making: locked while its process lives, so that what a killed one left is known, and swept away.

Beside a target NAME stands `.NAME.RANDOM.part`, a file, or the mark of a folder `.NAME.RANDOM`. The kernel gives its
lock back however a process ends. Where a file system has no locks, nothing is taken for left behind.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from painctl.files.signals import defer_signals

_IN_USE = "painctl"  # the mark of a folder that somebody writes into


@contextlib.contextmanager
def atomic_writer(target: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `target` once the block ends without an error: complete or absent.

    What earlier processes left of the same target is removed. Raises OSError in the name of `target`.
    """
    try:
        with _claimed(target) as (handle, part), os.fdopen(handle, "w+b", closefd=False) as file:
            yield file
            file.flush()
            os.fchmod(handle, 0o666 & ~_umask())
            os.fsync(handle)
            part.replace(target)
    except OSError as error:
        raise with_filename(error, target) from None


@contextlib.contextmanager
def scratch_folder(target: Path | None = None) -> Iterator[Path]:
    """An empty folder beside `target`, or where temporary files go, that is gone when the block ends.

    What earlier processes left of the same kind is removed. Raises OSError in the name of `target`.
    """
    place = target or Path(tempfile.gettempdir()) / "painctl"
    with contextlib.ExitStack() as claim:
        try:
            _, part = claim.enter_context(_claimed(place))
            (inside := part.with_suffix("")).mkdir(0o700)
        except OSError as error:
            raise with_filename(error, place) from None
        yield inside


def replace_folder(target: Path, new: Path) -> None:
    """Put a folder in the place of another, which goes into the scratch folder that the new one is in."""
    old = new.with_name("old")
    try:
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise


def remove_leftovers(target: Path) -> None:
    """Remove what killed processes left beside a target; what a live one is making stays."""
    for part in target.parent.glob(f".{glob.escape(target.name)}.????????.part"):
        with contextlib.suppress(OSError):  # somebody else's, in use, or swept already
            handle = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_uid == os.geteuid():
                    shutil.rmtree(part.with_suffix(""), ignore_errors=True)
                    part.unlink()
            finally:
                os.close(handle)


class SharedFolder:
    """A folder that is made when it is first entered, and is not left behind empty.

    Many processes may share it: it stays while one of them is at work in it. Use it as a context manager.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_new = not path.exists()
        self._mark = contextlib.ExitStack()
        self._is_entered = False

    def enter(self) -> None:
        """Make the folder, unless it is there, and hold it."""
        while not self._is_entered:
            self.path.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # another process has just removed it, as empty
                self._mark.enter_context(_claimed(self.path / _IN_USE))
                self._is_entered = True

    def __enter__(self) -> SharedFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self._mark.close()
        if self._is_new:
            with contextlib.suppress(OSError):  # something is in it
                self.path.rmdir()


def with_filename(error: OSError, path: Path) -> OSError:
    """The error of a file in the making, in the name of what it was to become, which is what a person knows."""
    return type(error)(error.errno or errno.EIO, error.strerror or str(error), str(path))


@contextlib.contextmanager
def _claimed(target: Path) -> Iterator[tuple[int, Path]]:
    """A new locked file beside a target, with its open descriptor; unless renamed meanwhile, it goes with its folder.

    What earlier processes left of the same kind is removed first.
    """
    remove_leftovers(target)
    claim: tuple[int, Path] | None = None
    try:
        with defer_signals():  # a signal between making a file and knowing of it would leave it
            while claim is None:
                handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
                with contextlib.suppress(OSError):  # a file system without locks
                    fcntl.flock(handle, fcntl.LOCK_EX)
                if os.fstat(handle).st_nlink:
                    claim = handle, Path(name)
                else:  # taken for left behind, before it was locked
                    os.close(handle)
        yield claim
    finally:
        if claim:
            handle, part = claim
            shutil.rmtree(part.with_suffix(""), ignore_errors=True)
            part.unlink(missing_ok=True)
            os.close(handle)  # the lock goes last, or somebody might take this for left behind


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
