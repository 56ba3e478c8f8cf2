"""Arrays in the user's cache folder: complete or absent, and verified when read, the key that they were made for too.

A file is the sha256 of its key and of all that follows, then the arrays as an uncompressed .npz. Whatever is wrong with
it, it is made again; and a folder that cannot be written costs time, not the run.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from painctl.files.reading import read_bytes
from painctl.files.scratch import atomic_writer

# dtype ("U" for text) and shape of each array; an extent that is a letter is the same wherever that letter stands
Layout = Mapping[str, tuple[str, tuple[int | str, ...]]]
Arrays = dict[str, np.ndarray]

_LARGEST = 1 << 30  # bytes of a file
_REMEDY = "set PAINCTL_CACHE to a folder that can be written"
_reported: set[Path] = set()  # folders that cannot be written, each reported once


@dataclass(frozen=True)
class Entry:
    """What is cached under a key."""

    key: str  # everything that determines the arrays; also the file's name, with / as -
    layout: Layout
    work: str  # what making it is called in messages: "building the head model"
    duration: str = ""  # of the work, if it is long enough to be reported: "about a minute"

    @property
    def path(self) -> Path:
        """Its file. Raises FileNotFoundError as `folder`."""
        return folder() / f"{self.key.replace('/', '-')}.npz.keyed"


def folder() -> Path:
    """The cache folder: PAINCTL_CACHE, or the platform's folder for painctl.

    Raises FileNotFoundError if neither is defined.
    """
    if override := os.environ.get("PAINCTL_CACHE"):
        return Path(os.path.expanduser(override))  # noqa: PTH111 (Path.expanduser fails without a home)
    try:
        place = user_cache_path("painctl")
    except RuntimeError:
        place = Path()
    if not place.is_absolute():  # of a user without a home
        raise FileNotFoundError(errno.ENOENT, "no home folder for a cache")
    return place


def cached(entry: Entry, make: Callable[[], Arrays], say: Callable[[str], None] = lambda _: None) -> Arrays:
    """The arrays of an entry: from its file, or made and cached.

    A file that is not what it should be, and a folder that cannot be written, are reported to `say`. Two processes may
    make an entry at once: the last one wins, with the same bytes.
    """
    if (arrays := read(entry, say)) is not None:
        return arrays
    is_kept = _is_writable(entry, say)
    if entry.duration:
        say(f"{entry.work} ({entry.duration}, {'first run only' if is_kept else 'in every run'})")
    arrays = make()
    if is_kept:
        try:
            write(entry, arrays)
        except OSError as error:
            say(f"{_reason(error)}: not cached; {_REMEDY}")
    return arrays


def read(entry: Entry, say: Callable[[str], None] = lambda _: None) -> Arrays | None:
    """The cached arrays of an entry; None if there are none, or if the file is not what it should be."""
    try:
        data = read_bytes(entry.path, _LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        say(f"{_reason(error)}; {entry.work} again")
        return None
    digest, image = data[:32], data[32:]
    if _digest(entry.key, image) == digest:
        with contextlib.suppress(Exception):  # whatever numpy raises
            return _parsed(image, entry.layout)
    say(f"{entry.path}: damaged, or made for something else; {entry.work} again")
    return None


def write(entry: Entry, arrays: Arrays) -> None:
    """Cache the arrays of an entry. Raises OSError with the name of the file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    image = buffer.getvalue()
    entry.path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_writer(entry.path) as file:
        file.write(_digest(entry.key, image) + image)


def why_not_writable(place: Path) -> str:
    """Why a folder cannot be created or written; empty if it can."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return ""
    except OSError as error:
        return f"{place}: {(error.strerror or str(error)).lower()}"


def _is_writable(entry: Entry, say: Callable[[str], None]) -> bool:
    try:
        place = folder()
        reason = why_not_writable(place)
    except FileNotFoundError as error:
        place, reason = Path(), _reason(error)
    if reason and place not in _reported:
        _reported.add(place)
        say(f"{reason}: nothing is cached; {_REMEDY}")
    return not reason


def _parsed(image: bytes, layout: Layout) -> Arrays:
    """The arrays of an .npz. Raises ValueError if they do not fit the layout, and what numpy raises."""
    with zipfile.ZipFile(io.BytesIO(image)) as members:
        if sum(member.file_size for member in members.infolist()) > len(image):
            raise ValueError("compressed")
    with np.load(io.BytesIO(image), allow_pickle=False) as file:
        arrays = {name: file[name] for name in layout}
    extents: dict[str, int] = {}
    for name, (dtype, shape) in layout.items():
        array = arrays[name]
        is_type = array.dtype.kind == "U" if dtype == "U" else array.dtype == dtype
        if not is_type or array.ndim != len(shape):
            raise ValueError(name)
        for extent, size in zip(shape, array.shape, strict=True):
            if size != (extents.setdefault(extent, size) if isinstance(extent, str) else extent):
                raise ValueError(name)
    return arrays


def _digest(key: str, image: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + image).digest()


def _reason(error: Exception) -> str:
    """The error in a line, with the file's name if there is one."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}" if error.filename else error.strerror
    return str(error)
