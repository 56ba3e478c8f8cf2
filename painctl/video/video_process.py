"""The messages of the program that decodes a video, which is ended if it stalls."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from painctl.video.video_decoder import DEMUXERS, MOST_PIXELS

_PATIENCE = 60  # seconds without a sign of life
_LONGEST_LINE = 1 << 16
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:-1]; from painctl.video.video_decoder import main; main()"


class DecoderError(Exception):
    """The decoder did not end well; the message says how, as the end of a sentence about the video."""


@dataclass(frozen=True, eq=False)
class Message:
    """One message, with the pixels of a frame uint8 [H, W, 3] RGB."""

    fields: dict[str, Any]
    image: np.ndarray | None = None


@contextmanager
def decoder(file: BinaryIO, every: int) -> Iterator[Iterator[Message]]:
    """The messages about the video in an open file, see `video.video_decoder`; ends the program at the end.

    The messages raise DecoderError if the program crashes, stalls or reports a fault.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENCV_")}
    environment["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = f"format_whitelist;{DEMUXERS}|protocol_whitelist;none"
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *sys.path, str(every)],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert process.stdout is not None
    try:
        yield _messages(process, process.stdout.fileno())
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _messages(process: subprocess.Popen[bytes], source: int) -> Iterator[Message]:
    unread = b""
    while True:
        while b"\n" not in unread:
            chunk = _read(source, _LONGEST_LINE)
            if not chunk:
                if status := process.wait():
                    raise DecoderError(f"the decoder {_end(status)}")
                return
            unread += chunk
        line, _, unread = unread.partition(b"\n")
        fields = json.loads(line)
        if "fault" in fields:
            raise DecoderError(fields["fault"])
        if "shape" not in fields:
            yield Message(fields)
            continue
        height, width, _ = fields["shape"]
        if not 0 < height * width <= MOST_PIXELS:
            raise DecoderError("its frames are too large")
        pixels = bytearray(height * width * 3)
        size = min(len(unread), len(pixels))
        pixels[:size], unread = unread[:size], unread[size:]
        _fill(source, memoryview(pixels)[size:])
        yield Message(fields, np.frombuffer(pixels, np.uint8).reshape(height, width, 3))


def _fill(source: int, rest: memoryview) -> None:
    while rest:
        chunk = _read(source, len(rest))
        if not chunk:
            raise DecoderError("the decoder ended within a frame")
        rest[: len(chunk)] = chunk
        rest = rest[len(chunk) :]


def _read(source: int, size: int) -> bytes:
    poll = select.poll()
    poll.register(source, select.POLLIN | select.POLLHUP)
    for _ in range(_PATIENCE):  # by the second: a stopped process must not count the time that it was stopped
        if poll.poll(1000):
            return os.read(source, min(size, 1 << 20))
    raise DecoderError(f"nothing was decoded for {_PATIENCE} seconds")


def _end(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with exit code {status}"
