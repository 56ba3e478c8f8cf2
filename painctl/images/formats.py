"""The format of a picture from its content: those that painctl reads, and those that it refuses by name."""

from __future__ import annotations

from collections.abc import Callable

from painctl.images.header import PNG_SIGNATURE
from painctl.images.headers import raster
from painctl.images.headers.avif import avif
from painctl.images.headers.claim import Claim
from painctl.images.headers.jpeg2000 import jpeg2000
from painctl.images.headers.tiff import tiff

START = 512  # bytes that decide the format
STORED = ("JPEG", "PNG")  # what shards, corpora and backgrounds hold
# what cameras, phones and scanners save; JPEG and PNG first
_CLAIMS: dict[str, Callable[[bytes], Claim]] = {
    "JPEG": raster.jpeg,
    "PNG": raster.png,
    "BMP": raster.bmp,
    "GIF": raster.gif,
    "WebP": raster.webp,
    "Netpbm": raster.netpbm,
    "TIFF": tiff,
    "JPEG 2000": jpeg2000,
    "AVIF": avif,
}
READ = tuple(_CLAIMS)
# by which a file in a folder counts as a picture even if its content is damaged
SUFFIXES = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".jif",
    ".png", ".apng",
    ".bmp", ".dib",
    ".gif", ".webp",
    ".pbm", ".pgm", ".ppm", ".pnm", ".pam",
    ".tif", ".tiff",
    ".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".jpf",
    ".avif", ".avifs",
    ".heic", ".heif", ".hif", ".jxl", ".hdr", ".pic", ".pfm", ".exr", ".sr", ".ras",
}  # fmt: skip

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (PNG_SIGNATURE, "PNG"),
    (b"BM", "BMP"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"v/1\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"#?RGBE", "Radiance HDR"),
    (b"PF\n", "PFM"),
    (b"Pf\n", "PFM"),
    (b"\x59\xa6\x6a\x95", "Sun raster"),
    (b"8BPS", "Photoshop"),
)
_NETPBM = tuple(f"P{kind}".encode() for kind in range(1, 8))
_HEVC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_HEIF = {b"mif1", b"mif2", b"msf1", b"miaf"}
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}  # bytes


def picture_format(start: bytes) -> str:
    """The name of the format of a picture from the first `START` bytes of its file; empty if it is no picture."""
    if start[4:8] == b"ftyp":
        return _by_brands(start)
    if start[:4] == b"RIFF":
        return "WebP" if start[8:12] == b"WEBP" else ""
    if start[:2] in _NETPBM and start[2:3].isspace():
        return "Netpbm"
    if start[128:132] == b"DICM":
        return "DICOM"
    name = next((name for signature, name in _SIGNATURES if start.startswith(signature)), "")
    if name == "BMP" and int.from_bytes(start[14:18], "little") not in _BMP_HEADERS:
        return ""  # a text that starts with BM
    return name


def checked_claim(data: bytes, accepted: tuple[str, ...] = READ) -> Claim:
    """What a picture file claims to hold, of a format in `accepted`, within the limits.

    Raises ValueError for other formats and files, for several pictures, and as `headers.claim.Claim.check`.
    """
    name = picture_format(data[:START])
    if not name:
        raise ValueError(f"not a readable picture; expected {', '.join(accepted)}")
    if name not in accepted:
        raise ValueError(f"{name} is not supported; save the picture as JPEG or PNG")
    claim = _CLAIMS[name](data)
    claim.check(len(data))
    return claim


def _by_brands(start: bytes) -> str:
    """AVIF, HEIC or HEIF by the brands of an ISO file: the major one, and those that it is compatible with."""
    end = min(int.from_bytes(start[:4], "big"), len(start))
    brands = {start[8:12], *(start[place : place + 4] for place in range(16, end - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & _HEVC:
        return "HEIC"
    if b"crx " in brands:
        return "Canon raw"
    return "HEIF" if brands & _HEIF else ""
