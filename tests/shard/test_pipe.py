"""Shards and lists of paths on stdin are bounded by what they state."""

import contextlib
import itertools
import os
import sys
import threading
from types import SimpleNamespace

import pytest

from painctl.records import UsageError
from painctl.shard.pipe import input_shards


class Writer(threading.Thread):
    """Writes a start into a pipe, then one byte for ever, until the pipe is closed."""

    def __init__(self, start, filling):
        super().__init__(daemon=True)
        self.read_end, self._write_end = os.pipe()
        self._chunks = itertools.chain([start], itertools.repeat(filling * 65536)) if filling else [start]
        self.count = 0

    def run(self):
        with os.fdopen(self._write_end, "wb", 0) as pipe, contextlib.suppress(BrokenPipeError):
            for chunk in self._chunks:
                while chunk:
                    written = pipe.write(chunk)
                    self.count += written
                    chunk = chunk[written:]


@pytest.fixture
def stdin(monkeypatch):
    writers = []

    def pipe(start, filling=b""):
        writer = Writer(start, filling)
        writers.append(writer)
        writer.start()
        stream = SimpleNamespace(fileno=lambda: writer.read_end, closed=False, isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", stream)
        return writer

    yield pipe
    for writer in writers:
        os.close(writer.read_end)
        writer.join()


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
    assert stream.count < 4 << 20


def test_a_line_without_an_end_is_rejected(stdin):
    stream = stdin(b"", b"a")
    with pytest.raises(UsageError, match="neither a shard nor a list"):
        spooled()
    assert stream.count < 4 << 20
