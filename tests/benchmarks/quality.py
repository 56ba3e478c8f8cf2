"""The sharpness of rendered faces, and the share with a warning, when they are blurred and shrunk.

    python tests/benchmarks/quality.py FRAMES.h5

FRAMES.h5 has frames as `painctl render-views` or `painctl pack` writes them; the deviation of the blur is in hundredths
of the side of a face's box.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from painctl.detect.framing import FACE
from painctl.images.encode import decode_rgb
from painctl.prediction.quality import LEAST_SHARPNESS, face_box, sharpness
from painctl.shard.reader import Shard


def main(path: Path) -> None:
    with Shard(path) as shard:
        encoded = shard.read("frames", "image")
    frames = [decode_rgb(data, f"frame {row}") for row, data in enumerate(encoded)]
    print(f"{len(frames)} frames; {'sharpness: 5 %':>28} median   95 %   below {LEAST_SHARPNESS}")
    report("as they are", frames)
    for percent in (1, 2, 3, 4, 6, 8):
        report(f"blur {percent} %", [blurred(frame, percent / 100) for frame in frames])
    for pixels in (60, 40, 24, 17, 12):
        report(f"{pixels} pixels", [shrunk(frame, pixels) for frame in frames])


def blurred(frame: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(frame, (0, 0), deviation * FACE * len(frame))


def shrunk(frame: np.ndarray, pixels: int) -> np.ndarray:
    side = round(pixels / FACE)
    return cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA)


def report(name: str, frames: list[np.ndarray]) -> None:
    values = np.array([sharpness(face_box(frame)) for frame in frames])
    low, middle, high = np.percentile(values, [5, 50, 95])
    print(f"{name:>24} {low:14.3f} {middle:8.3f} {high:6.3f} {np.mean(values < LEAST_SHARPNESS):11.0%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
