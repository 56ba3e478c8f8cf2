"""Shards and lists of paths on stdin are bounded by what they state."""

import io
import sys
from types import SimpleNamespace

import pytest

from painctl.records import UsageError
from painctl.shard.pipe import input_shards


class Endless(io.RawIOBase):
    """A start, then one byte for ever."""

    def __init__(self, start, filling):
        self.left, self.filling, self.count = start, filling, 0

    def readable(self):
        return True

    def readinto(self, buffer):
        chunk = (self.left or self.filling * len(buffer))[: len(buffer)]
        self.left = self.left[len(chunk) :]
        buffer[: len(chunk)] = chunk
        self.count += len(chunk)
        return len(chunk)


@pytest.fixture
def stdin(monkeypatch):
    def pipe(start, filling=b""):
        stream = Endless(start, filling)
        buffer = io.BufferedReader(stream)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=buffer, closed=False, isatty=lambda: False))
        return stream

    return pipe


def spooled():
    with input_shards(None) as shards:
        return [path.read_bytes() for path in shards]


def test_a_shard_is_spooled_whole(write, stdin):
    data = write().read_bytes()
    stdin(data)
    assert spooled() == [data]


def test_a_shard_without_an_end_stops_where_its_header_says(write, stdin):
    stream = stdin(write().read_bytes(), b"\0")
    with pytest.raises(ValueError, match="stdin: not one shard: more than the"):
        spooled()
    assert stream.count < 4 << 20


def test_a_shard_larger_than_the_disk_is_not_begun(write, stdin):
    data = write().read_bytes()
    stream = stdin(data[:40] + (1 << 60).to_bytes(8, "little") + data[48:], b"\0")
    with pytest.raises(ValueError, match=r"stdin: a shard of 1,152,.* bytes; only .* are free .* set TMPDIR"):
        spooled()
    assert stream.count < 1 << 20


def test_a_line_without_an_end_is_rejected(stdin):
    stream = stdin(b"", b"a")
    with pytest.raises(UsageError, match="neither a shard nor a list"):
        spooled()
    assert stream.count < 1 << 20
