"""Shards in pipes: stdin is the image of one shard, or a list of shard paths, one per line; stdout is data only."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from painctl.files.descriptors import redirected
from painctl.files.scratch import scratch_folder
from painctl.records import UsageError
from painctl.shard.identify import SIGNATURE, SUPERBLOCK, end_of_image
from painctl.shard.seal import LONGEST

STDIN: Final = "stdin.h5"  # name of the file that a shard on stdin is spooled to
NO_INPUT: Final = "stdin is empty; did the previous command fail?"

_LONGEST_PATH = 4096  # bytes
_CHUNK = 1 << 20  # bytes copied at once


@contextlib.contextmanager
def data_stdout() -> Iterator[BinaryIO]:
    """Reserve stdout for data: file descriptor 1 points to stderr meanwhile, so a library that prints does no harm.

    Raises UsageError if stdout is closed.
    """
    try:
        if sys.stdout is None:  # closed by the caller; another file may have its descriptor by now
            raise OSError
        out = os.fdopen(os.dup(1), "wb")
    except OSError:
        raise UsageError("stdout is closed; redirect it, or use -o") from None
    with redirected(1, to=2):
        try:
            with out:
                yield out
        finally:
            if not out.closed:
                out.close()


def is_piped(inputs: Sequence[Path] | None) -> bool:
    """Whether the shards come from stdin: no arguments, or a single -."""
    return not inputs or list(inputs) == [Path("-")]


@contextlib.contextmanager
def input_shards(inputs: Sequence[Path] | None) -> Iterator[Iterator[Path]]:
    """Iterate over the shards given as arguments or on stdin, as they arrive.

    A shard image on stdin is spooled to disk and kept until the block ends. Raises UsageError if there is no input, or
    if stdin holds neither a shard nor paths.
    """
    with scratch_folder() as folder:
        yield _read(inputs, folder)


@contextlib.contextmanager
def only_shard(path: Path | None) -> Iterator[Path]:
    """The only shard given as an argument or on stdin. Raises UsageError for several."""
    with input_shards([path] if path else None) as shards:
        paths = list(shards)
        if len(paths) != 1:
            raise UsageError(f"{len(paths)} datasets on stdin; this command takes one")
        yield paths[0]


def copy_to(path: Path, out: BinaryIO) -> None:
    """Write a file to a stream."""
    with path.open("rb") as file:
        shutil.copyfileobj(file, out, _CHUNK)


def write_path(path: Path, out: BinaryIO) -> None:
    """Write the path of something finished as a line, at once, so that the next command in a pipe can begin."""
    out.write(os.fsencode(path) + b"\n")
    out.flush()


def _read(inputs: Sequence[Path] | None, folder: Path) -> Iterator[Path]:
    if inputs and not is_piped(inputs):
        yield from inputs
        return
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise UsageError("no input: name shards, or pipe one in")
    stdin = sys.stdin.buffer
    first = stdin.read(1)
    if first != SIGNATURE[:1]:
        yield from _read_paths(first, stdin)
        return
    image = folder / STDIN
    _spool(first + stdin.read(SUPERBLOCK - len(first)), stdin, image)
    yield image


def _spool(start: bytes, stdin: BinaryIO, image: Path) -> None:
    """Copy a shard from stdin, of which `start` has been read, to a file: as much as its header says, and a seal.

    Raises ValueError if that does not fit on the disk, or if more follows.
    """
    most = (end_of_image(start) or 0) + LONGEST
    free = shutil.disk_usage(image.parent).free
    if most - LONGEST > free:
        raise ValueError(
            f"stdin: a shard of {most - LONGEST:,} bytes; only {free:,} are free in {image.parent.parent}: set TMPDIR"
        )
    with image.open("wb") as file:
        file.write(start)
        left = most - len(start)
        while left and (chunk := stdin.read(min(_CHUNK, left))):
            file.write(chunk)
            left -= len(chunk)
    if not left and stdin.read(1):
        raise ValueError(f"stdin: not one shard: more than the {most:,} bytes that it can have, by its header")


def _read_paths(first: bytes, stdin: BinaryIO) -> Iterator[Path]:
    while line := first + stdin.readline(_LONGEST_PATH):
        first = b""
        text = line.strip()
        if b"\0" in text or len(line) >= _LONGEST_PATH:
            raise UsageError("stdin: neither a shard nor a list of shard paths, one per line")
        if text:
            yield Path(os.fsdecode(text))
