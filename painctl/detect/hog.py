"""Face detection with dlib's frontal detector: five linear filters on histograms of oriented gradients.

It is the default because its weights are in the wheel: nothing is downloaded. `dlib-bin` is 4 MB, under the Boost
licence, with wheels for Linux, macOS and Windows. It takes about 0.1 microseconds a pixel.

Share of faces detected in rendered frames of 16 people, neutral and at PSPI 12, and in parentheses by dlib's detector
without the additions below (`tests/benchmarks/faces.py`):

    frame      yaw 0         15          30          45          60 degrees
    512 px   100 (100) %  100 (100)   100 (100)    97 (91)     72 (55)
    256 px   100 (100)    100 (100)   100 (100)    95 (92)     70 (50)
    128 px   100 (100)    100 (100)   100 (100)    95 (84)     69 (50)
     64 px   100   (0)    100   (0)   100   (0)    95  (0)     72  (0)

No face was counted twice, and 2 of 150 backdrops without people were mistaken for a face. The additions: the picture is
searched again at larger scales, and finally with a margin, mirrored and with a lower threshold. It does not detect
profiles; YuNet does.
"""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np

from painctl.detect.dlib_wheel import load_dlib
from painctl.detect.faces import Faces, suppress_overlaps
from painctl.detect.framing import CENTRE, FACE, cut_square

# Pixels of the picture's longer side, tried in this order. The smallest face that is detected is 80 pixels wide at
# these sizes: a sixth of the picture at first, a twenty-fourth in the end. The search ends once a large face is
# detected, so small ones far behind it, a passer-by or a picture on the wall, do not count.
_SIDES = (480, 960, 1920)
_ENLARGED = 2.0  # enlarging further detects nothing new
_MARGIN = 0.25  # of the longer side; without it a face that fills the picture has no outline
_MOST_PADDED = 160_000_000  # pixels with margins
_LAST = -0.2  # threshold of the last attempts; the detector's own is 0

# The filters box different parts of a face. For each: side of its box over the side of the frame, and the offset of
# the box's centre from the frame's. Means over 288 frames; for turned heads, over those at 30 degrees.
_FRAMES = np.array(
    [  # box side / frame side, right, down
        (0.488, 0.0, 0.110),  # from the front
        (0.524, -0.120, 0.075),  # turned to the picture's left
        (0.524, 0.120, 0.075),
        (0.488, 0.0, 0.110),  # tilted
        (0.488, 0.0, 0.110),
    ]
)
# The close-ups of `_refined`.
_CLOSE = 0.8  # side of a close-up, over the side of the frame
_LOWER = 0.06  # of its centre below the frame's, in sides of the frame
_PIXELS = 88.0  # side of the detector's box in it, a little more than the detector's window
_STEP = 1.2  # between two scales of the detector


def detect_coarsely(image: np.ndarray) -> Faces:
    """As `detect`, in about half the time, with boxes in steps of a fifth in size and a tenth in place.

    Enough for faces that are then framed by their landmarks.
    """
    return detect(image, refine=False)


def detect(image: np.ndarray, refine: bool = True) -> Faces:
    """The faces in a picture, contiguous uint8 RGB [H, W, 3]. Raises ImportError as `dlib_wheel.load_dlib`."""
    longer = max(image.shape[:2])
    scales = sorted({min(side / longer, _ENLARGED) for side in _SIDES})
    for scale in scales:
        if len(frames := _search(image, scale)):
            return _faces(_refined(image, frames) if refine else frames)
    small, ratio = _shrunk(image)
    margin = round(_MARGIN * max(small.shape[:2]))
    padded = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    for mirrored in (False, True):
        if len(frames := _search(padded, scales[0] / ratio, _LAST, mirrored)):
            frames = (frames - (margin, margin, 0, 0)) / (ratio, ratio, ratio, 1)
            return _faces(_refined(image, frames) if refine else frames)
    return suppress_overlaps(np.empty((0, 4)), np.empty(0))


def _shrunk(image: np.ndarray) -> tuple[np.ndarray, float]:
    """A picture whose margins would take much memory, as long and narrow ones do, made smaller; and the scale."""
    height, width = image.shape[:2]
    margins = 2 * _MARGIN * max(height, width)
    if (height + margins) * (width + margins) <= _MOST_PADDED:
        return image, 1.0
    ratio = 2 * _SIDES[-1] / max(height, width)
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), ratio


def _refined(image: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Frames [N, 4] as from `_search`, each the mean of six close-ups.

    The detector's boxes come in steps of a fifth in size and a tenth in place. Three scales a third of a step apart,
    each mirrored too, scatter less, and average the two filters between which a half-turned head falls. With them, the
    predictions of a compact model on the crops of 167 rendered pairs correlate with the labels at 0.72 and with its
    predictions on the frames at 0.79; with three close-ups, none mirrored, 0.63 and 0.72. Crops by true landmarks reach
    0.71 and 0.78, the frames themselves 0.73.
    """
    refined = []
    for x, y, side, _ in frames:
        down = y + _LOWER * side
        closeup = cut_square(image, x, down, _CLOSE * side)
        corner = np.round([x - len(closeup) / 2, down - len(closeup) / 2, 0])
        detections = [
            _search(closeup, _PIXELS * _STEP ** (third / 3) / (_FRAMES[0, 0] * side), _LAST, mirrored)
            for third in range(3)
            for mirrored in (False, True)
        ]
        best = [corner + detected[detected[:, 3].argmax(), :3] for detected in detections if len(detected)]
        refined.append(np.mean(best, axis=0) if best else np.array([x, y, side]))
    return np.c_[refined, frames[:, 3]]


def _faces(frames: np.ndarray) -> Faces:
    """The faces in frames [N, 4]."""
    x, y, side, scores = frames.T
    x, y, half = x + (CENTRE[0] - 0.5) * side, y + (CENTRE[1] - 0.5) * side, FACE * side / 2
    return suppress_overlaps(np.stack([x - half, y - half, x + half, y + half], axis=1), scores)


def _search(image: np.ndarray, scale: float, threshold: float = 0.0, mirrored: bool = False) -> np.ndarray:
    """The frames around the faces detected in a picture at this scale, [N, 4]: centre x, y, side, score."""
    size = tuple(max(1, round(length * scale)) for length in image.shape[1::-1])
    scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    searched = np.ascontiguousarray(scaled[:, ::-1] if mirrored else scaled)
    rectangles, scores, filters = _detector().run(searched, 0, threshold)
    corners = [(box.left(), box.top(), box.right() + 1, box.bottom() + 1) for box in rectangles]
    left, top, right, bottom = np.array(corners, float).reshape(-1, 4).T
    share, across, down = _FRAMES[list(filters)].T
    side = (bottom - top) / share
    x, y = (left + right) / 2 - across * side, (top + bottom) / 2 - down * side
    x = size[0] - x if mirrored else x
    return np.stack([x / scale, y / scale, side / scale, np.array(scores)], axis=1)


_THREAD = threading.local()


def _detector() -> Any:
    """One detector per thread: it holds the picture it searches, and sharing it between threads crashes the process."""
    if not hasattr(_THREAD, "detector"):
        _THREAD.detector = load_dlib().get_frontal_face_detector()
    return _THREAD.detector
