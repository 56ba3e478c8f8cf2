"""The seal at the end of a shard, which proves that the file is complete and that no byte has changed.

HDF5 ignores trailing bytes and rejects a truncated file, but silently reads a flipped bit. So the HDF5 image is
followed by an index in JSON, one [name, start, end, sha256] for each run of bytes, and a fixed footer: the sha256 of
the index, its length, and a magic number. The runs tile the whole image: each column's bytes under the column's name,
all others under `STRUCTURE`. The footer is written last, so a file without one was never finished.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from painctl.files.reading import open_regular
from painctl.files.scratch import with_filename
from painctl.shard.identify import SIGNATURE, SUPERBLOCK, is_being_written, not_hdf5, not_sealed, stored_bytes

STRUCTURE = "HDF5 structure"

_MAGIC = b"PAINCTL\n"
_FOOTER = struct.Struct("<32sQ8s")  # sha256 of the index, its length in bytes, magic number
LONGEST: Final = (1 << 20) + _FOOTER.size  # bytes of a seal; one of all columns has 20,000
OPEN_ELSEWHERE: Final = "another program has it open for writing; close it there, or wait until it is done"
_CHUNK = 1 << 20
_SPARSE = 64 << 20  # bytes of a file that may be holes
_SPARSE_SHARE = 8  # a larger file is at most this many times what is stored of it: `cp` turns zeros into holes


class ShardError(ValueError):
    """A file is not a shard, is damaged, or lacks a table; the message names the file."""


@dataclass(frozen=True)
class Seal:
    """What the seal of an intact shard states."""

    content: str  # sha256 of the index in hex, which identifies every byte of the shard
    columns: Mapping[str, tuple[int, int]]  # first byte of each column, and the byte after its last


def seal(file: BinaryIO, columns: Iterable[tuple[str, int, int]]) -> None:
    """Append the seal to a finished HDF5 image.

    `columns` are (name, first byte, byte after the last) of every column, in any order, not overlapping.
    """
    length = file.seek(0, 2)
    runs = [[name, start, end, _digest(file, start, end)] for name, start, end in _tiled(columns, length)]
    index = json.dumps(runs, separators=(",", ":")).encode()
    file.seek(length)
    file.write(index + _FOOTER.pack(hashlib.sha256(index).digest(), len(index), _MAGIC))


def check(path: Path) -> Seal:
    """Read every byte of a shard against its seal.

    Raises ShardError that names the file and says what is wrong with it, with the column where a byte changed;
    FileNotFoundError, IsADirectoryError and PermissionError as usual.
    """
    try:
        file = open_regular(path)
    except ValueError as error:
        raise ShardError(str(error)) from None
    with file:
        try:
            return _checked(file)
        except ValueError as error:
            reason = OPEN_ELSEWHERE if is_being_written(file) else error
            raise ShardError(f"{path}: {reason}") from None
        except OSError as error:
            raise with_filename(error, path) from None


def is_sealed(path: Path) -> bool:
    """Whether a file begins and ends like a shard, whether or not it is intact. Raises as `open_regular`."""
    with open_regular(path) as file:
        return file.read(len(SIGNATURE)) == SIGNATURE and _footer(file) is not None


def _checked(file: BinaryIO) -> Seal:
    start = file.read(SUPERBLOCK)
    if not start.startswith(SIGNATURE):
        raise ValueError(f"not a shard but {not_hdf5(file)}")
    size = file.seek(0, 2)
    footer = _footer(file)
    if footer is None:
        raise ValueError(not_sealed(start, size))
    digest, length = footer
    runs = _index(file, size - _FOOTER.size - length, length, digest)
    stored = stored_bytes(file, size // _SPARSE_SHARE)
    if size > _SPARSE and stored < size // _SPARSE_SHARE:
        raise ValueError(f"{size:,} bytes, of which only {stored:,} are stored; a shard is not made of holes")
    for name, begin, end, expected in runs:
        if _digest(file, begin, end) != expected:
            raise ValueError(f"{name} is damaged (bytes {begin} to {end}); make or copy the file again")
    return Seal(digest.hex(), {name: (begin, end) for name, begin, end, _ in runs if name != STRUCTURE})


def _footer(file: BinaryIO) -> tuple[bytes, int] | None:
    """The sha256 of the index and its length; None without a footer."""
    file.seek(max(0, file.seek(0, 2) - _FOOTER.size))
    footer = file.read(_FOOTER.size)
    if len(footer) < _FOOTER.size or not footer.endswith(_MAGIC):
        return None
    digest, length, _ = _FOOTER.unpack(footer)
    return digest, length


def _index(file: BinaryIO, start: int, length: int, digest: bytes) -> list[tuple[str, int, int, str]]:
    """The runs of the index of `length` bytes at `start`, which tile everything before it."""
    if start >= 0 and length <= LONGEST:
        file.seek(start)
        index = file.read(length)
        runs = _runs(index) if hashlib.sha256(index).digest() == digest else []
        if runs and [0, *(end for _, _, end, _ in runs)] == [*(begin for _, begin, _, _ in runs), start]:
            return runs
    raise ValueError("its seal is damaged; make or copy the file again")


def _runs(index: bytes) -> list[tuple[str, int, int, str]]:
    """The runs in an index; empty if it is invalid, since a hostile file may have a correct digest."""
    try:
        runs = [(str(name), start, end, digest) for name, start, end, digest in json.loads(index)]
        is_valid = all(type(start) is type(end) is int and 0 <= start < end for _, start, end, _ in runs)
    except (ValueError, TypeError, RecursionError):
        return []
    names = [name for name, *_ in runs if name != STRUCTURE]
    return runs if is_valid and len(set(names)) == len(names) else []


def _tiled(columns: Iterable[tuple[str, int, int]], length: int) -> Iterable[tuple[str, int, int]]:
    position = 0
    for name, start, end in sorted(columns, key=lambda run: run[1]):
        if start > position:
            yield STRUCTURE, position, start
        yield name, start, end
        position = end
    if length > position:
        yield STRUCTURE, position, length


def _digest(file: BinaryIO, start: int, end: int) -> str:
    digest = hashlib.sha256()
    file.seek(start)
    while start < end:
        chunk = file.read(min(_CHUNK, end - start))
        if not chunk:
            break
        digest.update(chunk)
        start += len(chunk)
    return digest.hexdigest()
