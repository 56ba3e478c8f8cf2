"""Pairs of pictures for the model: a face, and the same person's neutral face."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np

from painctl.draw import draws

CACHE = 1 << 29  # bytes of decoded pictures kept in memory


class PairSource(Protocol):
    """N labelled frames, read one at a time."""

    @property
    def aus(self) -> np.ndarray:
        """int [N, 6], intensities in the order of ACTION_UNITS."""

    @property
    def pspi(self) -> np.ndarray:
        """int [N], 0..16."""

    @property
    def subject(self) -> np.ndarray:
        """int or str [N], who is seen."""

    def __len__(self) -> int: ...

    def pain(self, i: int) -> bytes:
        """The encoded picture of frame i, JPEG or PNG."""

    def neutral(self, i: int) -> bytes:
        """An encoded neutral picture of the person in frame i; which one, the source decides."""


class Pairs:
    """Decoded pairs at the model's size, for a torch DataLoader; a key is (frame, epoch).

    An item is (pain, neutral: uint8 [S, S, 3] RGB; PSPI; action units [6]). Epoch -1 gives the pictures as they are,
    any other a change drawn from (seed, frame, epoch), so that order and worker do not matter.
    """

    def __init__(self, source: PairSource, size: int, crop: float, seed: int = 0) -> None:
        self.source, self.size, self.crop, self.seed = source, size, crop, seed
        self._kept: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def __getitem__(self, key: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, int, np.ndarray]:
        frame, epoch = key
        pair = self._pair(frame)
        if epoch >= 0:
            pair = augment(*pair, draws(self.seed, frame, f"augment/{epoch}"))
        return *pair, int(self.source.pspi[frame]), np.asarray(self.source.aus[frame], np.int64)

    def _pair(self, frame: int) -> tuple[np.ndarray, np.ndarray]:
        if frame in self._kept:
            return self._kept[frame]
        encoded = {"frame": self.source.pain(frame), "neutral of frame": self.source.neutral(frame)}
        pain, neutral = (fit(decode(data, f"{what} {frame}"), self.size, self.crop) for what, data in encoded.items())
        if (len(self._kept) + 1) * (pain.nbytes + neutral.nbytes) <= CACHE:
            self._kept[frame] = pain, neutral
        return pain, neutral


def decode(data: bytes, name: str) -> np.ndarray:
    """An encoded picture, uint8 [H, W, 3] RGB. Raises ValueError that gives `name` if it cannot be read."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if data else None
    if image is None:
        raise ValueError(f"{name}: not a readable picture; give JPEG or PNG")
    return image


def fit(image: np.ndarray, size: int, crop: float) -> np.ndarray:
    """The central square of a picture [H, W, 3], `crop` of its shorter side, scaled to [size, size, 3]."""
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * crop))
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side]
    return cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA if side > size else cv2.INTER_CUBIC)


def augment(pain: np.ndarray, neutral: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The pair as another camera might have seen it: mirrored both or neither; turned, moved, scaled; relit."""
    mirror, shared = rng.random() < 0.5, rng.uniform(-1, 1, 4)
    first, second = (
        _seen(image, mirror, 0.95 * shared + 0.05 * rng.uniform(-1, 1, 4), rng) for image in (pain, neutral)
    )
    return first, second


def _seen(image: np.ndarray, mirror: bool, pose: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = len(image)
    degrees, zoom, move = 4 * pose[0], 1 + 0.05 * pose[1], 0.03 * size * pose[2:]
    centre = (size - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), degrees, zoom) + np.outer(move, [0, 0, 1])
    turned = cv2.warpAffine(image[:, ::-1] if mirror else image, matrix, (size, size), borderMode=cv2.BORDER_REFLECT)
    contrast, gain = rng.uniform(0.85, 1.15), rng.uniform(0.85, 1.15) * rng.uniform(0.95, 1.05, 3)
    middle = turned.mean()
    return (((turned - middle) * contrast + middle) * gain).clip(0, 255).astype(np.uint8)
