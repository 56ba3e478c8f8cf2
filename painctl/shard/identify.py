"""What a file is that is not a shard, in words, and what to do about it."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from typing import BinaryIO, Final

SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"
SUPERBLOCK: Final = 64  # bytes at the start of a file that `end_of_image` needs

_START = 512  # bytes that identify a kind of file
_USER_BLOCKS = tuple(512 << doubling for doubling in range(12))  # where HDF5 looks for its signature next
_LINE_ENDS_CHANGED = (b"\x89HDF\n", b"\x89HDF\r\r\n", b"\x09HDF\r\n", b"\xef\xbf\xbdHDF")
_KINDS = (
    (b"PK\x03\x04", "a ZIP archive; unpack it"),
    (b"\x1f\x8b", "compressed with gzip; unpack it with gunzip"),
    (b"BZh", "compressed with bzip2; unpack it with bunzip2"),
    (b"\xfd7zXZ\0", "compressed with xz; unpack it with unxz"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard; unpack it with unzstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x0e\x03\x13\x01", "an HDF4 file; painctl writes HDF5"),
    (b"CDF", "a classic netCDF file; painctl writes HDF5"),
    (b"MATLAB 5.0", "a MATLAB file; painctl writes HDF5"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"%PDF", "a PDF document"),
)


def not_hdf5(file: BinaryIO) -> str:
    """What a file is that does not begin with the signature of HDF5, and what to do, for a message."""
    file.seek(0)
    start = file.read(_START)
    if not start:
        return "an empty file; make or copy it again"
    for magic, kind in _KINDS:
        if start.startswith(magic):
            return kind
    if start[257:262] == b"ustar":
        return "a tar archive; unpack it"
    if start.startswith(_LINE_ENDS_CHANGED):
        return "an HDF5 file that was copied as text, which changes its bytes; copy it again, in binary mode"
    for offset in _USER_BLOCKS:
        file.seek(offset)
        if file.read(len(SIGNATURE)) == SIGNATURE:
            return f"an HDF5 file behind a user block of {offset:,} bytes, which painctl does not write"
    if not start.strip(b"\0"):
        return "a file that begins with zeros: its copy did not finish; copy it again"
    return _text(start) or "a file without the signature of HDF5"


def end_of_image(start: bytes) -> int | None:
    """The length of an HDF5 image in bytes, from the first `SUPERBLOCK` bytes of the file; None if it has another form.

    Section II.A of the HDF5 file format specification, with offsets of 8 bytes and no user block.
    """
    if len(start) < SUPERBLOCK or not start.startswith(SIGNATURE):
        return None
    version = start[8]
    sizes, base, end = {0: (13, 24, 40), 1: (13, 28, 44), 2: (9, 12, 28), 3: (9, 12, 28)}.get(version, (0, 0, 0))
    if not end or start[sizes] != 8 or struct.unpack_from("<Q", start, base)[0]:
        return None
    return struct.unpack_from("<Q", start, end)[0]


def not_sealed(start: bytes, size: int) -> str:
    """What an HDF5 file of `size` bytes is that has no seal at its end, and what to do, for a message."""
    end = end_of_image(start)
    if end is None:
        return "no seal at its end, and another version of HDF5 than painctl writes: made by another program"
    if size < end:
        return (
            f"no seal at its end: truncated, {size:,} of more than {end:,} bytes; wait if it is still being copied, "
            "else copy it again"
        )
    return "no seal at its end: unfinished, or not a shard of painctl"


def is_being_written(file: BinaryIO) -> bool:
    """Whether another program holds the lock that HDF5 takes on a file that it opens for writing."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


def stored_bytes(file: BinaryIO, enough: int) -> int:
    """How many bytes of a file are stored rather than holes; counting stops once there are `enough`."""
    size = file.seek(0, os.SEEK_END)
    position = stored = 0
    while position < size and stored < enough:
        try:
            begin = file.seek(position, os.SEEK_DATA)
        except OSError as error:
            # only a hole is left, or a file system that cannot tell
            return stored if error.errno == errno.ENXIO else size
        position = file.seek(begin, os.SEEK_HOLE)
        stored += position - begin
    return stored


def _text(start: bytes) -> str:
    text = start.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    if text[:14].lower().startswith(("<!doctype html", "<html")):
        return "a web page; what was downloaded is not the file but a page about it"
    is_text = b"\0" not in start and len(start.decode("utf-8", "ignore").encode()) >= len(start) - 3
    return "a text file" if is_text else ""
