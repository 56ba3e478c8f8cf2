import struct

import pytest
from made_videos import av1_in_mp4, h264_in_avi, put, write_video

from painctl.video.container_kinds import examine


@pytest.fixture
def stated(tmp_path):
    def of(data):
        (tmp_path / "a").write_bytes(data)
        with (tmp_path / "a").open("rb") as file:
            return examine(file)

    return of


@pytest.fixture(scope="module")
def mp4(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("mp4") / "a.mp4", "mp4v").read_bytes()


def element(name, content):
    return name + b"\1" + len(content).to_bytes(7, "big") + content


MATROSKA = element(b"\x1a\x45\xdf\xa3", b"x" * 9) + element(b"\x18\x53\x80\x67", b"\x86\x85V_AV1" + bytes(50))
FLV = b"FLV\1\1" + struct.pack(">I", 9) + bytes(4) + b"\x09" + (20).to_bytes(3, "big") + bytes(7 + 20 + 4)
IVF = b"DKIF\0\0\x20\0VP80" + bytes(20) + struct.pack("<I", 30) + bytes(8 + 30)
TS = (b"\x47" + bytes(187)) * 5


def test_kinds_and_codecs_are_recognised(stated, mp4):
    assert (stated(h264_in_avi()).kind, stated(h264_in_avi()).codec) == ("AVI", "H264")
    assert (stated(av1_in_mp4()).kind, stated(av1_in_mp4()).codec) == ("MP4", "av01")
    assert (stated(MATROSKA).kind, stated(MATROSKA).codec) == ("Matroska", "V_AV1")
    assert [stated(data).kind for data in (FLV, IVF, TS, b"OggS" + bytes(30))] == ["FLV", "IVF", "MPEG-TS", "Ogg"]
    for other in (b"", b"hello", b"RIFF\0\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypavif" + bytes(16), b"#EXTM3U\nfile:x"):
        assert stated(other).kind == ""


@pytest.mark.parametrize("name", ["avi", "mp4", "matroska", "flv", "ivf", "ts"])
@pytest.mark.parametrize("lost", [1, 17])
def test_a_file_that_was_cut_off_is_not_whole(stated, mp4, name, lost):
    data = {"avi": h264_in_avi(), "mp4": av1_in_mp4(), "matroska": MATROSKA, "flv": FLV, "ivf": IVF, "ts": TS}[name]
    assert stated(data).fault == ""
    assert stated(data[:-lost]).fault


def test_bytes_after_the_end_and_unknown_sizes_are_no_fault(stated):
    assert stated(h264_in_avi() + bytes(100)).fault == ""
    assert stated(put(h264_in_avi(), b"RIFF", 4, "<I", 0)[:-9]).fault == ""
    live = put(MATROSKA, b"\x18\x53\x80\x67", 4, ">Q", 2**57 - 1)
    assert stated(live[:-9]).fault == ""


def test_an_mp4_without_its_index_and_one_with_too_many_frames(stated, mp4):
    assert "no index (moov)" in stated(mp4[: mp4.index(b"moov") - 4]).fault
    assert "it states 4,294,967,295 frames" in stated(put(mp4, b"stsz", 8, ">II", 0, 2**32 - 1)).fault
    assert "it states 170,000,000 frames" in stated(put(mp4, b"stsz", 8, ">II", 1, 170_000_000)).fault


def test_frames_are_exact_unless_an_edit_list_leaves_some_out(stated, mp4):
    assert (stated(mp4).frames, stated(mp4).is_trimmed) == (10, False)
    half = put(mp4, b"elst", 12, ">I", struct.unpack_from(">I", mp4, mp4.index(b"elst") + 12)[0] // 2)
    assert (stated(half).frames, stated(half).is_trimmed) == (None, True)


@pytest.mark.parametrize("place", range(40, 700, 11))
def test_damaged_boxes_never_raise(stated, mp4, place):
    start = mp4.index(b"moov")
    data = bytearray(mp4)
    data[start + place : start + place + 4] = b"\xff\xff\xff\xff"
    stated(bytes(data))
