"""Pictures that people give, of any format that cameras and scanners save, read with Pillow."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator

import numpy as np
from PIL import (
    AvifImagePlugin,  # noqa: F401  # so that Pillow need not load all of its formats to find these
    Image,
    ImageFile,
    Jpeg2KImagePlugin,  # noqa: F401
    TiffImagePlugin,
    WebPImagePlugin,  # noqa: F401
)

from painctl.images.claims import check_jpeg, check_png
from painctl.images.formats import accepted_format
from painctl.images.limits import MOST_PIXELS, check_size

_PILLOW = {"WebP": "WEBP", "Netpbm": "PPM", "JPEG 2000": "JPEG2000"}  # its names where they differ
_CHECKS = {"JPEG": check_jpeg, "PNG": check_png}
_UNREADABLE = "not a readable picture: damaged, or of an uncommon kind; save it as JPEG or PNG"
_ORIENTATION = 274  # of Exif and TIFF
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SUBFILE, _TILE_WIDTH, _TILE_HEIGHT = 254, 322, 323  # of TIFF
_PREVIEW = 1  # of _SUBFILE
_RAW = {50706, 50752}  # DNG's version; Canon's slices
_CODESTREAM = b"\xff\x4f\xff\x51"  # of JPEG 2000: SOC and SIZ
_DEPTH = 42  # bytes from there to the bits of the first component, less 1
_PYTHON_DECODERS = {"bmp_rle", "ppm", "ppm_plain"}  # several seconds per million pixels
_MOST_SLOW_PIXELS = 4_000_000
_MOST_SLOW_BYTES = 48_000_000
_MOST_HEADER = 4096  # bytes of a Netpbm file, which Pillow reads one by one
_STRIP = 4_000_000  # pixels that are copied at a time


def decode_any(data: bytes, name: str) -> np.ndarray:
    """A picture file of any format in `formats.READ`, upright: uint8 [H, W, 3] RGB.

    Colour profiles are not applied, and an alpha channel is dropped. Raises ValueError that starts with `name` for
    other formats, for several pictures, for sizes beyond `limits`, and if it cannot be decoded.
    """
    try:
        kind = accepted_format(data)
        if kind in _CHECKS:
            _CHECKS[kind](data)
        with _one_error():
            if kind == "Netpbm":
                Image.open(io.BytesIO(data[:_MOST_HEADER]), formats=["PPM"])
            image = Image.open(io.BytesIO(data), formats=[_PILLOW.get(kind, kind)])
            is_several = kind != "JPEG" and getattr(image, "is_animated", False)  # previews may follow a JPEG
        check_size(*image.size, len(data))
        _check_kind(image, data)
        if is_several:
            raise ValueError("holds several pictures; save the one you want as a file of its own")
        with _one_error():
            return _upright(image)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


@contextlib.contextmanager
def _one_error() -> Iterator[None]:
    """Turn whatever Pillow raises for a damaged file into ValueError, and ignore its warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError:
        raise ValueError("not enough memory to decode this picture") from None
    except Image.DecompressionBombError:
        raise ValueError(f"too many pixels; the limit is {MOST_PIXELS // 1_000_000} million") from None
    except Exception:  # nearly any, by format and damage
        raise ValueError(_UNREADABLE) from None


def _check_kind(image: ImageFile.ImageFile, data: bytes) -> None:
    """Raises ValueError for what Pillow reads slowly, wrongly, or without a limit of its own."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        if _RAW & set(image.tag_v2) or data[8:10] == b"CR" or _number(image, _SUBFILE, 0) & _PREVIEW:
            raise ValueError("the raw picture of a camera; export it as JPEG or PNG")
        check_size(_number(image, _TILE_WIDTH, 1), _number(image, _TILE_HEIGHT, 1), len(data))
        if image.mode in {"I", "F"}:
            raise ValueError("32 bits per sample; save the picture as PNG")
    if image.format == "JPEG2000" and image.mode != "I;16":
        depth = data.find(_CODESTREAM) + _DEPTH
        if data[depth : depth + 1] > b"\x07":  # Pillow 13 turns white to black
            raise ValueError("JPEG 2000 with more than 8 bits per colour; save the picture as PNG")
    is_slow = image.tile and image.tile[0].codec_name in _PYTHON_DECODERS
    if is_slow and (image.width * image.height > _MOST_SLOW_PIXELS or len(data) > _MOST_SLOW_BYTES):
        raise ValueError(f"{image.width} x {image.height} pixels of an uncommon kind; save the picture as PNG")


def _number(image: TiffImagePlugin.TiffImageFile, tag: int, default: int) -> int:
    with _one_error():
        return int(image.tag_v2.get(tag, default))


def _upright(image: Image.Image) -> np.ndarray:
    """Decode a picture, with as few copies at a time as Pillow allows."""
    image.load()
    turn = _TURNS.get(_orientation(image))
    if image.mode == "I" or image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode != "RGB":
        image, decoded = image.convert("RGB"), image
        decoded.close()
    if turn is not None:
        image = image.transpose(turn)
    width, height = image.size
    rgb, rows = np.empty((height, width, 3), np.uint8), max(1, _STRIP // width)
    for top in range(0, height, rows):
        rgb[top : top + rows] = np.asarray(image.crop((0, top, width, min(top + rows, height))))
    return rgb


def _orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged Exif, in a picture that is not
        return 1
