"""Pictures to bytes and back, with fixed settings, so that the same picture always gives the same bytes."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.images.claims import check_jpeg, check_png
from painctl.images.formats import accepted_format

JPEG_QUALITY = 95
_JPEG_MAGIC = b"\xff\xd8"
# Each row as its difference to the row above, compressed by run lengths alone: a heatmap takes 2.5 ms instead of 6 for
# 5 % more bytes; a mask becomes smaller and three times as fast.
_PNG = [
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    cv2.IMWRITE_PNG_FILTER,
    cv2.IMWRITE_PNG_FILTER_UP,
    cv2.IMWRITE_PNG_STRATEGY,
    cv2.IMWRITE_PNG_STRATEGY_RLE,
]


def encode_jpeg(image: np.ndarray, quality: int = JPEG_QUALITY) -> bytes:
    """An RGB picture uint8 [H, W, 3], or a grey one [H, W], as a JPEG file with full-resolution colour."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    return _encode(".jpg", image, options)


def compressed(image: np.ndarray, quality: int) -> np.ndarray:
    """An RGB picture uint8 [H, W, 3] as it comes out of a JPEG file that keeps a quarter of the colour resolution."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    ]
    return _imdecode(_encode(".jpg", image, options), cv2.IMREAD_COLOR_RGB)


def encode_png(image: np.ndarray) -> bytes:
    """An RGB picture uint8 [H, W, 3], or a grey one [H, W], as a PNG file."""
    return _encode(".png", image, _PNG)


def decode(data: bytes | np.ndarray) -> np.ndarray:
    """A mask, map or picture as it was stored in a PNG or JPEG file: uint8 [H, W, 3] RGB, or [H, W] if grey.

    Raises ValueError if it cannot be decoded.
    """
    _check(data)
    image = _imdecode(data, cv2.IMREAD_ANYCOLOR)
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def decode_rgb(data: bytes, name: str, side: int = 0) -> np.ndarray:
    """A photograph or rendered picture in a JPEG or PNG file, grey or not: uint8 [H, W, 3] RGB.

    With `side`, a JPEG is decoded at half size if its shorter side is then still at least that long.
    Raises ValueError that starts with `name` if it cannot be decoded.
    """
    try:
        _check(data)
        if side and data[:2] == _JPEG_MAGIC:  # JPEG decoders scale for free
            half = _imdecode(data, cv2.IMREAD_REDUCED_COLOR_2)
            if min(half.shape[:2]) >= side:
                return half[..., ::-1]
        return _imdecode(data, cv2.IMREAD_COLOR_RGB)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _check(data: bytes | np.ndarray) -> None:
    data = data if isinstance(data, bytes) else bytes(data)
    check = check_jpeg if accepted_format(data, ("JPEG", "PNG")) == "JPEG" else check_png
    check(data)


def _imdecode(data: bytes | np.ndarray, flags: int) -> np.ndarray:
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except (cv2.error, MemoryError, SystemError) as error:  # OpenCV passes on what its decoders throw
        if isinstance(error, MemoryError) or "alloc" in str(error):
            raise ValueError("not enough memory to decode this picture") from None
        image = None
    if image is None:
        raise ValueError("not a readable picture: damaged, or of an uncommon kind; save it as JPEG or PNG")
    return image


def _encode(extension: str, image: np.ndarray, options: list[int]) -> bytes:
    stored = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(extension, stored, options)[1].tobytes()
