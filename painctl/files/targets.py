"""Where outputs may be written, checked before the work whose result they get.

A link as an output is followed: the file that it points to is replaced, or created, and the link stays. Named pipes,
sockets and devices are rejected; stdout is for those.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
import tempfile
from pathlib import Path

from painctl.files.reading import kind_of
from painctl.files.scratch import with_filename
from painctl.records import UsageError


def output_file(path: Path) -> Path:
    """The file that an output at `path` replaces or creates, with links followed.

    Raises FileNotFoundError if its folder is missing, ValueError for anything but a file, OSError for a loop of links.
    """
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if target.parent.is_dir():
            return target
        raise FileNotFoundError(f"{path}: {_no_folder(target.parent)}") from None
    if stat.S_ISREG(mode):
        return target
    if stat.S_ISDIR(mode):
        raise ValueError(f"{path}: a folder, where a file is to be written; move it, or choose another name")
    raise ValueError(f"{path}: {kind_of(mode)}, not a file; for a pipe, write to stdout")


def require_parent(path: Path, option: str) -> None:
    """Raises UsageError for an output of an option whose folder is missing."""
    if not path.parent.is_dir():
        raise UsageError(f"{option} {path}: {_no_folder(path.parent)}")


def _no_folder(folder: Path) -> str:
    return f"no folder {folder}; `mkdir -p {shlex.quote(str(folder))}` makes it"


def require_writable(path: Path) -> None:
    """Raises OSError, which names `path`, if nothing can be written into its folder, or into the nearest that exists.

    For the start of a long run. The folder is tried out, as its permissions do not say everything.
    """
    target = Path(os.path.realpath(path))
    folder = next(parent for parent in target.parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise with_filename(error, path) from None


def require_folder(path: Path) -> None:
    """Raises ValueError if an output folder cannot be at `path`, because something else is."""
    if not os.path.lexists(path) or path.is_dir():
        return
    mode = path.stat().st_mode if path.exists() else 0
    kind = "a file" if stat.S_ISREG(mode) else kind_of(mode) if mode else "a link to nowhere"
    raise ValueError(f"{path}: {kind}, where a folder is to be written; choose another name")
