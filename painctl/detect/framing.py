"""Where the face is in painctl's own frames, so that a crop of any photograph matches what models were trained on.

Measured on the 68 landmarks of 100 people at rest, and of 48 people turned by 30, 45 and 60 degrees to either side.
From the front the landmarks' box is 45.0 % of the frame high (standard deviation 1.4), with its centre at (50.0,
65.4) % (sd 0.0, 0.8). A turned head stays in the middle of the frame while its face moves aside, by 5.7 % at 30
degrees.
"""

from __future__ import annotations

import cv2
import numpy as np

FACE = 0.450  # side of a face's box over the side of the frame
CENTRE = (0.5, 0.654)  # of that box in the frame; for a turned face, of the box it would have from the front

# In units of d, the distance between the middle of the eyes and the middle of the mouth, which is 21.8 % of a frame
# from the front, 21.7 % at 30 degrees and 21.4 % at 60.
_SIDE = FACE / 0.2183  # of the box
_DOWN = 0.191  # of its centre below the middle of eyes and mouth
# Sideways offset of its centre over that of the tip of the nose, which is to the other side. The residual is 2.5 % of
# the frame up to 45 degrees.
_ASIDE = 2.44


def crop_face(image: np.ndarray, box: np.ndarray, turns: int = 0) -> np.ndarray:
    """The square around a face's box [4], framed like painctl's own frames: [S, S, 3], unscaled.

    A face that is turned by `turns` clockwise quarter turns is turned back. Beyond the edge of the picture [H, W, 3]
    its outermost pixels are repeated.
    """
    turned, box = _turned(image, box, turns)
    return cut_square(np.ascontiguousarray(turned), *_square(box))


def photograph_in_crop(image: np.ndarray, box: np.ndarray, turns: int = 0) -> np.ndarray | None:
    """The part of the square of `crop_face` that is in the picture, not repeated; None if all of it is.

    It is float32 [4], left, top, right and bottom in pixels of the square.
    """
    turned, box = _turned(image, box, turns)
    left, top, side = crop_square(box)
    corners = np.array([0, 0, turned.shape[1], turned.shape[0]]) - [left, top, left, top]
    inside = np.clip(corners, 0, side).astype(np.float32)
    return None if (inside == [0, 0, side, side]).all() else inside


def _turned(image: np.ndarray, box: np.ndarray, turns: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture and a box [4] in it, turned back by clockwise quarter turns."""
    left, top, right, bottom = np.asarray(box, float)
    for _ in range(turns):  # the picture's upper right corner becomes its upper left one
        left, top, right, bottom = top, image.shape[1] - right, bottom, image.shape[1] - left
        image = np.rot90(image)
    return image, np.array([left, top, right, bottom])


def crop_square(box: np.ndarray) -> tuple[int, int, int]:
    """Left, top and side, in pixels, of the square that `crop_face` crops for a face's box [4]."""
    x, y, side = _square(box)
    size = max(1, round(side))
    return round(x - size / 2), round(y - size / 2), size


def _square(box: np.ndarray) -> tuple[float, float, float]:
    left, top, right, bottom = np.asarray(box, float)
    side = (bottom - top) / FACE
    return (left + right) / 2 + (0.5 - CENTRE[0]) * side, (top + bottom) / 2 + (0.5 - CENTRE[1]) * side, side


def cut_square(image: np.ndarray, x: float, y: float, side: float) -> np.ndarray:
    """The square of `side` pixels around (x, y), to whole pixels; outermost pixels are repeated beyond the picture."""
    size = max(1, round(side))
    left, top = round(x - size / 2), round(y - size / 2)
    height, width = image.shape[:2]
    # for a box far outside the picture, this is the nearest row or column
    inside = image[
        min(max(0, top), height - 1) : max(1, min(height, top + size)),
        min(max(0, left), width - 1) : max(1, min(width, left + size)),
    ]
    before = [min(max(0, -start), size - 1) for start in (top, left)]
    after = [size - start - length for start, length in zip(before, inside.shape[:2], strict=True)]
    return cv2.copyMakeBorder(inside, before[0], after[0], before[1], after[1], cv2.BORDER_REPLICATE)


def box_of_points(points: np.ndarray) -> np.ndarray:
    """The box float32 [4] of a face from five points [5, 2]: right eye, left eye, nose tip, corners of the mouth.

    The subject's right, the picture's left for a face upright, comes first. How far the head is turned to a side is
    estimated from the nose.
    """
    eyes, nose, mouth = _eyes_nose_mouth(points)
    middle, unit = (eyes + mouth) / 2, float(np.linalg.norm(mouth - eyes))
    down = (mouth - eyes) / unit if unit else np.array([0.0, 1.0])
    right = np.array([down[1], -down[0]])
    centre = middle + _ASIDE * ((middle - nose) @ right) * right + _DOWN * unit * down
    half = _SIDE * unit / 2
    return np.array([*(centre - half), *(centre + half)], np.float32)


def quarter_turns(points: np.ndarray) -> int:
    """By how many clockwise quarter turns a face is turned, 0..3, from its five points [5, 2]."""
    eyes, _, mouth = _eyes_nose_mouth(points)
    right, down = mouth - eyes
    return round(-np.arctan2(right, down) / (np.pi / 2)) % 4


def _eyes_nose_mouth(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    points = np.asarray(points, float)
    return points[:2].mean(axis=0), points[2], points[3:].mean(axis=0)


def five_points(landmarks: np.ndarray) -> np.ndarray:
    """The five points of `box_of_points` from 68 or 66 iBUG landmarks [K, 2]."""
    points = np.asarray(landmarks, float)
    return np.array([points[36:42].mean(axis=0), points[42:48].mean(axis=0), points[30], points[48], points[54]])
