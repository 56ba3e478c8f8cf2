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
from painctl.shard.identify import SIGNATURE

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
    with image.open("wb") as file:
        file.write(first)
        shutil.copyfileobj(stdin, file, _CHUNK)
    yield image


def _read_paths(first: bytes, stdin: BinaryIO) -> Iterator[Path]:
    for number, line in enumerate(stdin):
        text = (first + line if number == 0 else line).strip()
        if b"\0" in text or len(text) > _LONGEST_PATH:
            raise UsageError("stdin: neither a shard nor a list of shard paths, one per line")
        if text:
            yield Path(os.fsdecode(text))
