"""The format of a picture from its content: those that painctl reads, and those that it refuses by name."""

from __future__ import annotations

from painctl.images.header import PNG_SIGNATURE

START = 512  # bytes that decide the format
READ = ("JPEG", "PNG", "BMP", "GIF", "WebP", "Netpbm", "TIFF", "JPEG 2000", "AVIF")  # what cameras and scanners save
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
    (b"P7\n", "PAM"),
    (b"PF\n", "PFM"),
    (b"Pf\n", "PFM"),
    (b"\x59\xa6\x6a\x95", "Sun raster"),
    (b"8BPS", "Photoshop"),
)
_NETPBM = tuple(f"P{kind}".encode() for kind in range(1, 7))
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


def accepted_format(data: bytes, accepted: tuple[str, ...] = READ) -> str:
    """`picture_format` of a file. Raises ValueError unless it is among those accepted."""
    name = picture_format(data[:START])
    if not name:
        raise ValueError(f"not a readable picture; expected {', '.join(accepted)}")
    if name not in accepted:
        raise ValueError(f"{name} is not supported; save the picture as JPEG or PNG")
    return name


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
