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
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

STRUCTURE = "HDF5 structure"
SIGNATURE = b"\x89HDF\r\n\x1a\n"

_MAGIC = b"PAINCTL\n"
_FOOTER = struct.Struct("<32sQ8s")  # sha256 of the index, its length in bytes, magic number
_CHUNK = 1 << 20


class ShardError(ValueError):
    """A file is not a shard, is damaged, or lacks a table; the message names the file."""


def seal(file: BinaryIO, columns: Iterable[tuple[str, int, int]]) -> None:
    """Append the seal to a finished HDF5 image.

    `columns` are (name, first byte, byte after the last) of every column, in any order, not overlapping.
    """
    length = file.seek(0, 2)
    runs = [[name, start, end, _digest(file, start, end)] for name, start, end in _tiled(columns, length)]
    index = json.dumps(runs, separators=(",", ":")).encode()
    file.seek(length)
    file.write(index + _FOOTER.pack(hashlib.sha256(index).digest(), len(index), _MAGIC))


def check(path: Path) -> str:
    """Read every byte of a shard against its seal.

    Returns the sha256 of the seal's index in hex, which identifies the whole content. Raises ShardError that names
    the file, and the column where a byte changed; FileNotFoundError, IsADirectoryError and PermissionError as usual.
    """
    with path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            raise ShardError(f"{path}: not a shard (it has no HDF5 signature)")
        runs, content = _index(file, path)
        for name, start, end, digest in runs:
            if _digest(file, start, end) != digest:
                raise ShardError(f"{path}: {name} is damaged (bytes {start} to {end}); make or copy the file again")
    return content


def _index(file: BinaryIO, path: Path) -> tuple[list[list], str]:
    size = file.seek(0, 2)
    file.seek(max(0, size - _FOOTER.size))
    footer = file.read()
    if len(footer) < _FOOTER.size or footer[-len(_MAGIC) :] != _MAGIC:
        raise ShardError(f"{path}: no seal at its end: truncated, unfinished, or not a shard of painctl")
    digest, length, _ = _FOOTER.unpack(footer)
    start = size - _FOOTER.size - length
    if start >= 0:
        file.seek(start)
        index = file.read(length)
        if hashlib.sha256(index).digest() == digest:
            runs = _runs(index)
            if [0, *(end for _, _, end, _ in runs)] == [*(begin for _, begin, _, _ in runs), start]:
                return runs, digest.hex()
    raise ShardError(f"{path}: its seal is damaged; make or copy the file again")


def _runs(index: bytes) -> list[list]:
    """The runs in an index; empty if it is invalid, since a hostile file may have a correct digest."""
    try:
        runs = json.loads(index)
        is_valid = all(isinstance(start, int) and isinstance(end, int) for _, start, end, _ in runs)
    except (ValueError, TypeError, RecursionError):
        return []
    return runs if is_valid else []


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
