"""Files and folders in progress: complete or absent, whatever interrupts their process.

An unfinished file NAME is `.NAME.RANDOM.part` in the same folder; a scratch folder `.NAME.RANDOM` has a file of that
name beside it. The file is locked while its process lives, and the kernel releases the lock however the process ends:
what is not locked was left by a killed process, and is removed. On a file system without locks nothing is removed.
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

_ATTEMPTS = 100  # at a name that nobody else has
_IN_USE = "painctl"  # target name of the lock file in a folder that a process writes into


@contextlib.contextmanager
def atomic_writer(target: Path, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write, which replaces `target` when the block ends without an error.

    A `private` file can be read by its owner alone, whatever the umask. Leftovers of the same target are removed first.
    Raises OSError with the name of `target`.
    """
    try:
        with _claimed(target) as (handle, part), os.fdopen(handle, "w+b", closefd=False) as file:
            yield file
            file.flush()
            _finish(handle, 0o600 if private else 0o666)
            part.replace(target)
    except OSError as error:
        raise with_filename(error, target) from None


@contextlib.contextmanager
def scratch_folder(target: Path | None = None) -> Iterator[Path]:
    """An empty folder beside `target`, or in the temporary directory, which is removed when the block ends.

    Leftovers of the same kind are removed first. Raises OSError with the name of `target`.
    """
    place = target or Path(tempfile.gettempdir()) / "painctl"
    for _ in range(_ATTEMPTS):
        with contextlib.ExitStack() as claim:
            try:
                _, part = claim.enter_context(_claimed(place))
                (folder := part.with_suffix("")).mkdir(0o700)
            except FileExistsError:  # of somebody else, in a shared directory
                continue
            except OSError as error:
                raise with_filename(error, place) from None
            yield folder
            return
    raise FileExistsError(errno.EEXIST, "others create files with the names of scratch folders", str(place))


def replace_folder(target: Path, new: Path) -> None:
    """Move a folder to `target`; a folder that is there moves into the scratch folder that holds the new one."""
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
    """Remove what killed processes left beside a target; files of live processes stay."""
    for part in target.parent.glob(f".{glob.escape(target.name)}.????????.part"):
        with contextlib.suppress(OSError):  # another user's, in use, or removed already
            handle = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_uid == os.geteuid():
                    shutil.rmtree(part.with_suffix(""), ignore_errors=True)
                    part.unlink()
            finally:
                os.close(handle)


class SharedFolder:
    """An output folder that is created when it is first entered, and removed at the end if it is empty.

    Several processes may share it: it stays while one of them is writing into it. Use it as a context manager.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_new = not path.exists()
        self._lock = contextlib.ExitStack()
        self._is_entered = False

    def enter(self) -> None:
        """Create the folder if needed, and keep it from being removed."""
        for attempt in range(_ATTEMPTS):
            if self._is_entered:
                return
            self.path.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.enter_context(_claimed(self.path / _IN_USE))
                self._is_entered = True
            except OSError as error:
                is_removed = isinstance(error, FileNotFoundError)  # another process has removed the empty folder
                if not is_removed or attempt == _ATTEMPTS - 1:
                    raise with_filename(error, self.path) from None

    def __enter__(self) -> SharedFolder:
        return self

    def __exit__(self, *_: object) -> None:
        with defer_signals():
            self._lock.close()
            if self._is_new:
                with contextlib.suppress(OSError):  # not empty
                    self.path.rmdir()


def finish_file(path: Path) -> None:
    """Give a file that a library wrote the permissions of any new file, and flush it to the disk."""
    with path.open("rb") as file:
        _finish(file.fileno())


def with_filename(error: OSError, path: Path) -> OSError:
    """The same error, naming the target instead of its unfinished file, which means nothing to the user."""
    return type(error)(error.errno or errno.EIO, error.strerror or str(error), str(path))


@contextlib.contextmanager
def _claimed(target: Path) -> Iterator[tuple[int, Path]]:
    """A new locked file beside a target, with its open descriptor; removed with its folder unless renamed by then.

    Leftovers of the same kind are removed first.
    """
    remove_leftovers(target)
    claim: tuple[int, Path] | None = None
    try:
        with defer_signals():  # a signal between creating the file and recording it would leave it behind
            while claim is None:
                handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
                with contextlib.suppress(OSError):  # a file system without locks
                    fcntl.flock(handle, fcntl.LOCK_EX)
                if os.fstat(handle).st_nlink:
                    claim = handle, Path(name)
                else:  # another process took it for a leftover before it was locked
                    os.close(handle)
        yield claim
    finally:
        if claim:
            handle, part = claim
            with defer_signals():  # one here would leave the rest behind
                shutil.rmtree(part.with_suffix(""), ignore_errors=True)
                part.unlink(missing_ok=True)
                os.close(handle)  # the lock is released last, or the file could be taken for a leftover


def _finish(handle: int, mode: int = 0o666) -> None:
    os.fchmod(handle, mode & ~_umask())
    os.fsync(handle)


def _umask() -> int:
    """The process's mask. Setting it is the portable way to get it, but another thread may create a file meanwhile."""
    with contextlib.suppress(OSError), Path("/proc/self/status").open() as status:
        for line in status:
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
