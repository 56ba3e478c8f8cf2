"""Shards in pipes: stdin is the image of one shard, or a list of shard paths, one per line; stdout is data only.

A path in a list is taken as it stands if there is such a file, else without the blanks, the carriage return and the
byte order mark around it, which lists made by hand or on Windows have. Paths that end in NUL are taken as they stand.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from painctl.files.descriptors import redirected
from painctl.files.scratch import scratch_folder
from painctl.records import UsageError
from painctl.shard.identify import SIGNATURE, SUPERBLOCK, end_of_image
from painctl.shard.seal import LONGEST

STDIN: Final = "stdin.h5"  # name of the file that a shard on stdin is spooled to
NO_INPUT: Final = "stdin is empty; did the previous command fail?"

LINE: Final = b"\n"  # ends each path in a list,
NULL: Final = b"\0"  # or with --null: no path contains it

_LONGEST_PATH = 4096  # bytes
_MOST_PATHS = 1_000_000
_DESCRIPTOR = re.compile(r"/dev/stdin|/(?:dev|proc/self)/fd/(\d+)")  # such as bash's <(COMMAND)
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
        raise UsageError("stdout is closed; redirect it to a file or a pipe") from None
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
def input_shards(inputs: Sequence[Path] | None, end: bytes = LINE) -> Iterator[Iterator[Path]]:
    """Iterate over the shards given as arguments or on stdin, as they arrive; `end` follows each path on stdin.

    What cannot be read twice, such as a shard on stdin, is spooled to disk and kept until the block ends. Raises
    UsageError if there is no input, or if stdin holds neither a shard nor paths.
    """
    with scratch_folder() as folder:
        yield _read(inputs, folder, end)


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


def write_path(path: Path, out: BinaryIO, end: bytes = LINE) -> None:
    """Write the path of something finished, at once, so that the next command in a pipe can begin."""
    out.write(os.fsencode(path) + end)
    out.flush()


def _read(inputs: Sequence[Path] | None, folder: Path, end: bytes) -> Iterator[Path]:
    if inputs and not is_piped(inputs):
        for path in inputs:
            yield _spool(path.open("rb"), b"", folder / _spool_name(path), str(path)) if _is_stream(path) else path
        return
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise UsageError("no input: name shards, or pipe one in")
    stdin = io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False))
    start = stdin.read(1)
    if start == SIGNATURE[:1]:
        start += stdin.read(len(SIGNATURE) - 1)
    if start and SIGNATURE.startswith(start):
        yield _spool(stdin, start, folder / STDIN, "stdin")
    else:
        yield from _read_paths(start, stdin, end)


def _is_stream(path: Path) -> bool:
    return bool(_DESCRIPTOR.fullmatch(str(path))) and not (path.is_file() or path.is_dir())


def _spool_name(path: Path) -> str:
    return STDIN if path == Path("/dev/stdin") else f"fd-{path.name}.h5"


def _spool(stream: BinaryIO, start: bytes, target: Path, name: str) -> Path:
    """Copy a shard from a stream, of which `start` has been read, to a file: as much as its header says, and a seal.

    Raises ValueError, which begins with the stream's name, if that does not fit on the disk, or if more follows.
    """
    start += stream.read(SUPERBLOCK - len(start))
    image = end_of_image(start) or 0
    free = shutil.disk_usage(target.parent).free
    if image > free:
        raise ValueError(
            f"{name}: a shard of {image:,} bytes; only {free:,} are free in {target.parent.parent}: set TMPDIR"
        )
    with stream, target.open("wb") as file:
        file.write(start)
        left = image + LONGEST - len(start)
        while left and (chunk := stream.read(min(_CHUNK, left))):
            file.write(chunk)
            left -= len(chunk)
        if not left and stream.read(1):
            raise ValueError(f"{name}: not one shard: more than the {image + LONGEST:,} bytes that it can have")
    return target


def _read_paths(start: bytes, stdin: io.BufferedReader[Any], end: bytes) -> Iterator[Path]:
    for number, item in enumerate(_items(start, stdin, end)):
        if number == _MOST_PATHS:
            raise UsageError(f"stdin: more than {_MOST_PATHS:,} paths; divide the list")
        if NULL in item or len(item) > _LONGEST_PATH:
            hint = "ended by NUL" if end == NULL else "one per line; --null is for paths ended by NUL"
            raise UsageError(f"stdin: neither a shard nor a list of shard paths, {hint}")
        if text := item if end == NULL else _trimmed(item):
            yield Path(os.fsdecode(text))


def _items(rest: bytes, stdin: io.BufferedReader[Any], end: bytes) -> Iterator[bytes]:
    """The items of a list, as they arrive; one that is too long is cut, as the rest of the list is of no use."""
    while chunk := stdin.read1(_CHUNK):
        *items, rest = (rest + chunk).split(end)
        yield from items
        if len(rest) > _LONGEST_PATH:
            break
    if rest:
        yield rest


def _trimmed(line: bytes) -> bytes:
    return line if line and os.path.lexists(line) else line.removeprefix(codecs.BOM_UTF8).strip()
