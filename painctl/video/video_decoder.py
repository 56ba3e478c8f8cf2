"""The program that decodes a video: its file on stdin, its frames on stdout.

FFmpeg runs in a process of its own, so that a hostile file ends or stalls that process only, with a limit on memory. It
reads an open file, may open no other file or connection, and does not learn the file's name.

Each message is a line of JSON, and after that of a frame its pixels.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any, BinaryIO

import cv2
import numpy as np

from painctl.video.timeline import Timeline

MOST_PIXELS = 36_000_000  # of a frame; 8K has 33 million
_MB = 1 << 20
_OPENING = 1024 * _MB  # bytes of memory, until the size of the frames is known
_DECODING, _PER_PIXEL = 512 * _MB, 32  # afterwards; decoders keep up to 16 frames
_MOST_MISSES = 4096  # packets in a row that cannot be decoded
_WIDEST_PIXEL = 5.0
_PR_SET_PDEATHSIG = 1
# FFmpeg's demuxers of files that hold their own data: no playlist, no description of a session, no pattern of names
DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,h264,hevc,m4v,h263,obu,ivf,flv,asf,ogg,mxf,"
    "gif,apng,dv,nut,rm,swf"
)


def main() -> None:
    """Decode every n-th frame, where n is the last argument; 0 to describe the video and try its first frame."""
    out, every = _take_stdout(), int(sys.argv[-1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # painctl handles Ctrl-C, and ends this process
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    program = _address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(program + _OPENING)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    try:
        _decode(out, every, program)
    except BrokenPipeError:
        os._exit(0)  # painctl needs no more frames
    except MemoryError:
        _send(out, fault="it takes too much memory to decode")
    except cv2.error as error:
        _send(out, fault=f"it cannot be decoded: {error.err}")
    os._exit(0)  # FFmpeg may not be able to clean up


def _decode(out: BinaryIO, every: int, program: int) -> None:
    file_size = os.fstat(0).st_size
    settings = [cv2.CAP_PROP_N_THREADS, 1, cv2.CAP_PROP_HW_ACCELERATION, cv2.VIDEO_ACCELERATION_NONE]
    capture = cv2.VideoCapture(os.fdopen(0, "rb"), cv2.CAP_FFMPEG, settings)  # type: ignore[call-overload]
    if not capture.isOpened():
        return _send(out, opened=False)
    get = capture.get
    pixels = int(get(cv2.CAP_PROP_FRAME_WIDTH)) * int(get(cv2.CAP_PROP_FRAME_HEIGHT))
    _send(
        out,
        opened=True,
        codec=(int(get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF).to_bytes(4, "little").decode("latin-1"),
        width=int(get(cv2.CAP_PROP_FRAME_WIDTH)),
        height=int(get(cv2.CAP_PROP_FRAME_HEIGHT)),
        rate=get(cv2.CAP_PROP_FPS),
        count=int(get(cv2.CAP_PROP_FRAME_COUNT)),
    )
    if pixels > MOST_PIXELS:
        return None
    _limit_memory(program + _DECODING + _PER_PIXEL * pixels)
    aspect = _pixel_aspect(capture)
    if pixels * max(aspect, 1 / aspect) > MOST_PIXELS:
        aspect = 1.0
    timeline = Timeline(get(cv2.CAP_PROP_FPS), os.pread(0, 12, 0)[8:] == b"AVI ")
    repeats_frames = int(get(cv2.CAP_PROP_FOURCC)) == cv2.VideoWriter.fourcc(*"theo")  # by packets of no bytes
    number = missed = misses = 0
    while misses < _MOST_MISSES:
        if not capture.grab():
            misses += 1
            continue
        if number and not repeats_frames:  # those before the first frame belong to frames that were cut off
            missed += misses
        misses = 0
        seconds = timeline.time(get(cv2.CAP_PROP_POS_MSEC) / 1000)
        if number >= file_size:
            return _send(out, fault="it has more frames than bytes")
        if number % max(every, 1):
            _send(out, skipped=number)  # a sign of life
        else:
            decoded, image = capture.retrieve()
            if decoded:
                _send_frame(out, number, seconds, _with_square_pixels(image, aspect))
            else:
                missed += 1
        number += 1
        if not every:
            return None
    return _send(out, read=number, missed=missed, times=[timeline.reported, timeline.continued, timeline.unknown])


def _send_frame(out: BinaryIO, number: int, seconds: float | None, image: np.ndarray) -> None:
    rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    _send(out, frame=number, time=seconds, shape=rgb.shape)
    out.write(rgb.data)
    out.flush()


def _send(out: BinaryIO, **message: Any) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()


def _pixel_aspect(capture: cv2.VideoCapture) -> float:
    """Width over height of a pixel, after the rotation that OpenCV applies; 1 if the file states none or nonsense."""
    across, down = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    if across <= 0 or down <= 0 or not 1 / _WIDEST_PIXEL <= across / down <= _WIDEST_PIXEL:
        return 1.0
    return down / across if capture.get(cv2.CAP_PROP_ORIENTATION_META) % 180 == 90 else across / down


def _with_square_pixels(image: np.ndarray, aspect: float) -> np.ndarray:
    """The picture enlarged along the longer side of its pixels; differences below one per cent are rounding."""
    if 0.99 < aspect < 1.01:
        return image
    height, width = image.shape[:2]
    size = (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)


def _take_stdout() -> BinaryIO:
    """The descriptor for messages; what libraries print goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return out


def _limit_memory(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def _address_space() -> int:
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()
