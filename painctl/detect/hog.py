"""Faces by dlib's frontal detector: five linear filters over histograms of oriented gradients.

The default, because its weights are in the wheel: nothing is downloaded, and `dlib-bin` is 4 MB under the Boost
licence, with wheels for Linux, macOS and Windows. It computes about 0.1 microseconds a pixel.

Share of faces found in rendered frames of 16 people, neutral and at PSPI 12, and beside it by the detector as it comes
(`tests/benchmarks/faces.py`):

    frame      yaw 0         15          30          45          60 degrees
    512 px   100 (100) %  100 (100)   100 (100)    97 (91)     72 (55)
    256 px   100 (100)    100 (100)   100 (100)    95 (92)     70 (50)
    128 px   100 (100)    100 (100)   100 (100)    95 (84)     69 (50)
     64 px   100   (0)    100   (0)   100   (0)    95  (0)     72  (0)

None was taken for two, and 2 of 150 backdrops without anybody for a face. What goes beyond the detector as it comes:
the picture is looked at again larger, and last with a margin, mirrored and with a lower threshold. Profiles it does
not know: give a YuNet file.
"""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np

from painctl.detect.faces import Faces, gathered
from painctl.detect.framing import CENTRE, FACE, cut_square

# Pixels of the picture's longer side, tried in this order: the smallest face that is seen is 80 pixels wide in these,
# a sixth of the picture at first and a twenty-fourth at last. A large face ends the search before small ones far
# behind it, a passer-by or a picture on the wall, are looked for.
_SIDES = (480, 960, 1920)
_ENLARGED = 2.0  # what is enlarged further shows nothing new
_MARGIN = 0.25  # of the longer side: a face that fills the picture has no outline
_LAST = -0.2  # score that counts when everything else has failed; the detector's own threshold is 0

# The three filters for turned heads see other parts of a face: side of the picture's frame, and how far the box's
# centre lies from the frame's, both per filter. Mean over 288 frames; of the turned ones, at 30 degrees.
_FRAMES = np.array(
    [  # box side / frame side, right, down
        (0.488, 0.0, 0.110),  # from the front
        (0.524, -0.120, 0.075),  # turned to the picture's left
        (0.524, 0.120, 0.075),
        (0.488, 0.0, 0.110),  # tilted
        (0.488, 0.0, 0.110),
    ]
)
# How a face is measured again, below.
_CLOSE = 0.8  # side of the picture's part that is looked at, over the side of the frame
_LOWER = 0.06  # of its centre below the frame's
_PIXELS = 88.0  # of the detector's box in it, a little more than its window
_STEP = 1.2  # between two scales of the detector


def detect(image: np.ndarray) -> Faces:
    """The faces of a picture, contiguous uint8 RGB [H, W, 3]."""
    longer = max(image.shape[:2])
    scales = sorted({min(side / longer, _ENLARGED) for side in _SIDES})
    for scale in scales:
        if len(found := _look(image, scale)):
            return _measured(image, found)
    margin = round(_MARGIN * longer)
    wide = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    for mirrored in (False, True):
        if len(found := _look(wide, scales[0], _LAST, mirrored)):
            return _measured(image, found - (margin, margin, 0, 0))
    return gathered(np.empty((0, 4)), np.empty(0))


def _measured(image: np.ndarray, found: np.ndarray) -> Faces:
    """Found frames [N, 4], each the mean of six close looks, as Faces.

    The detector's boxes step by a fifth in size and a tenth in place. Three scales a third of a step apart, each
    mirrored too, have less scatter, and a head between two filters, half turned, is placed between them. What a
    compact model says of the crops of 167 rendered pairs then correlates with the labels by 0.72 and with what it
    says of the frames by 0.79; after three looks at one hand by 0.63 and 0.72. Crops by true landmarks reach 0.71 and
    0.78, the frames themselves 0.73.
    """
    faces = []
    for x, y, side, _ in found:
        down = y + _LOWER * side
        near = cut_square(image, x, down, _CLOSE * side)
        corner = np.round([x - len(near) / 2, down - len(near) / 2, 0])
        looks = [
            _look(near, _PIXELS * _STEP ** (third / 3) / (_FRAMES[0, 0] * side), _LAST, mirrored)
            for third in range(3)
            for mirrored in (False, True)
        ]
        best = [corner + seen[seen[:, 3].argmax(), :3] for seen in looks if len(seen)]
        faces.append(np.mean(best, axis=0) if best else np.array([x, y, side]))
    x, y, side = np.array(faces).T
    x, y, half = x + (CENTRE[0] - 0.5) * side, y + (CENTRE[1] - 0.5) * side, FACE * side / 2
    return gathered(np.stack([x - half, y - half, x + half, y + half], axis=1), found[:, 3])


def _look(image: np.ndarray, scale: float, threshold: float = 0.0, mirrored: bool = False) -> np.ndarray:
    """The frames about the faces that are seen in a picture at this scale, [N, 4]: centre x, y and side, and score."""
    size = tuple(max(1, round(length * scale)) for length in image.shape[1::-1])
    scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    seen = np.ascontiguousarray(scaled[:, ::-1] if mirrored else scaled)
    rectangles, scores, filters = _detector().run(seen, 0, threshold)
    found = [(box.left(), box.top(), box.right() + 1, box.bottom() + 1) for box in rectangles]
    left, top, right, bottom = np.array(found, float).reshape(-1, 4).T
    share, across, down = _FRAMES[list(filters)].T
    side = (bottom - top) / share
    x, y = (left + right) / 2 - across * side, (top + bottom) / 2 - down * side
    x = size[0] - x if mirrored else x
    return np.stack([x / scale, y / scale, side / scale, np.array(scores)], axis=1)


_OWN = threading.local()


def _detector() -> Any:
    """One a thread: it keeps the picture that it looks at, and two threads in one crash the process."""
    if not hasattr(_OWN, "detector"):
        import dlib

        _OWN.detector = dlib.get_frontal_face_detector()
    return _OWN.detector
