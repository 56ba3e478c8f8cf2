"""Formats by content."""

import pytest
from made_pictures import pictures

from painctl.images.any_format import decode_any
from painctl.images.formats import READ, START, SUFFIXES, picture_format

PICTURES = pictures()


@pytest.mark.parametrize("name", PICTURES)
def test_every_format_is_recognised_by_content(name):
    assert picture_format(PICTURES[name][:START]) in READ
    assert decode_any(PICTURES[name], "").shape == (48, 64, 3)
    assert name[name.index(".") :] in SUFFIXES


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix", "HEIC"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", "HEIF"),
        (b"\xff\x0a" + bytes(20), "JPEG XL"),
        (b"v/1\x01" + bytes(20), "OpenEXR"),
        (b"#?RADIANCE\n", "Radiance HDR"),
        (b"P7\nWIDTH 1\n", "PAM"),
        (b"PF\n3 3\n-1\n", "PFM"),
        (b"\x59\xa6\x6a\x95" + bytes(40), "Sun raster"),
        (bytes(128) + b"DICM", "DICOM"),
    ],
)
def test_other_formats_are_refused_by_name(start, name):
    with pytest.raises(ValueError, match=f"^a: {name} is not supported; save the picture as JPEG or PNG"):
        decode_any(start, "a")


@pytest.mark.parametrize(
    "start", [b"", b"BM, a text", b"P6ers", b"RIFF\0\0\0\0AVI ", b"\0\0\0\x18ftypisom", b"\x89HDF"]
)
def test_other_files_are_no_pictures(start):
    assert picture_format(start) == ""
