"""The seal at the end of a shard: proof that the file is finished and that no byte of it has changed.

HDF5 reads a file that something follows, and one that was cut off before its own end it refuses; a flipped bit it
reads in silence. So after the HDF5 image stands an index in JSON, one [name, start, end, sha256] for each run of
bytes, and after that a fixed footer: sha256 of the index, its length, and a mark. The runs tile the whole image:
each column's bytes under the column's name, all that is left under `STRUCTURE`. The footer is written last, so a
file without one was never finished.
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

_MARK = b"PAINCTL\n"
_FOOTER = struct.Struct("<32sQ8s")  # sha256 of the index, its length in bytes, mark
_PIECE = 1 << 20


class ShardError(ValueError):
    """A file is not a shard, is damaged, or lacks what was asked; the message names the file."""


def seal(file: BinaryIO, columns: Iterable[tuple[str, int, int]]) -> None:
    """Append the seal to a finished HDF5 image.

    `columns` are (name, first byte, byte after the last) of every column, in any order, not overlapping.
    """
    length = file.seek(0, 2)
    runs = [[name, start, end, _digest(file, start, end)] for name, start, end in _tiled(columns, length)]
    index = json.dumps(runs, separators=(",", ":")).encode()
    file.seek(length)
    file.write(index + _FOOTER.pack(hashlib.sha256(index).digest(), len(index), _MARK))


def check(path: Path) -> str:
    """Read every byte of a shard against its seal.

    Returns the sha256 of the seal's index, in hex, which stands for the whole content. Raises ShardError that names
    the file, and the column where a byte changed; FileNotFoundError, IsADirectoryError and PermissionError as usual.
    """
    with path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            raise ShardError(f"{path}: not a shard (no HDF5 signature at its start)")
        runs, content = _index(file, path)
        for name, start, end, digest in runs:
            if _digest(file, start, end) != digest:
                raise ShardError(f"{path}: damaged in {name} (bytes {start} to {end}); make or copy it again")
    return content


def _index(file: BinaryIO, path: Path) -> tuple[list[list], str]:
    size = file.seek(0, 2)
    file.seek(max(0, size - _FOOTER.size))
    footer = file.read()
    if len(footer) < _FOOTER.size or footer[-len(_MARK) :] != _MARK:
        raise ShardError(f"{path}: no seal at its end: cut short, never finished, or HDF5 from elsewhere")
    digest, length, _ = _FOOTER.unpack(footer)
    start = size - _FOOTER.size - length
    if start >= 0:
        file.seek(start)
        index = file.read(length)
        if hashlib.sha256(index).digest() == digest:
            runs = _runs(index)
            if [0, *(end for _, _, end, _ in runs)] == [*(begin for _, begin, _, _ in runs), start]:
                return runs, digest.hex()
    raise ShardError(f"{path}: damaged in its seal; make or copy it again")


def _runs(index: bytes) -> list[list]:
    """The runs in an index, or none if it is no index: a seal may hold and yet be made by somebody hostile."""
    try:
        runs = json.loads(index)
        proper = all(isinstance(start, int) and isinstance(end, int) for _, start, end, _ in runs)
    except (ValueError, TypeError, RecursionError):
        return []
    return runs if proper else []


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
        piece = file.read(min(_PIECE, end - start))
        if not piece:
            break
        digest.update(piece)
        start += len(piece)
    return digest.hexdigest()
