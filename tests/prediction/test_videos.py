import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from made_videos import av1_in_mp4, h264_in_avi, put, write_video

from painctl.prediction.videos import Video
from painctl.video import video_process


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """MJPEG in AVI, and MPEG-4 in MP4, whose index comes last."""
    folder = tmp_path_factory.mktemp("videos")
    write_video(folder / "film.avi")
    write_video(folder / "film.mp4", "mp4v")
    return folder


@pytest.fixture
def film(made, tmp_path):
    return shutil.copy(made / "film.avi", tmp_path / "film.avi")


@pytest.fixture
def write(tmp_path):
    def write(name, data):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def read_all(path):
    """The video, its frames, and the error of a video that is not readable."""
    video = Video(path)
    shots = list(video)
    try:
        return video, [shot.read() for shot in shots], ""
    except ValueError as error:
        assert len(shots) == video.count == 1
        assert shots[0].frame is None
        assert not video.is_complete
        assert video.remark() == ""
        return video, [], str(error)


def test_frames_are_in_order_with_their_times(film):
    video = Video(film)
    shots = list(video)
    assert video.count == 10
    assert [shot.frame for shot in shots] == list(range(10))
    np.testing.assert_allclose([shot.time for shot in shots], np.arange(10) / 25, atol=1e-6)
    for shot in shots:
        assert shot.name == str(film)
        np.testing.assert_allclose(shot.read().mean(axis=(0, 1)), [20 * shot.frame, 0, 0], atol=3)
    assert (video.remark(), video.is_complete) == ("", True)


def test_every_third_frame(film):
    video = Video(film, every=3)
    shots = list(video)
    assert video.count == len(shots) == 4
    assert [shot.frame for shot in shots] == [0, 3, 6, 9]
    assert [round(shot.time, 2) for shot in shots] == [0, 0.12, 0.24, 0.36]
    assert shots[3].read().mean(axis=(0, 1))[0] == pytest.approx(180, abs=3)


def test_a_video_without_presentation_times_has_rising_times(write):
    shots = list(Video(write("a.avi", h264_in_avi())))
    np.testing.assert_allclose([shot.time for shot in shots], np.arange(10) / 25)


@pytest.mark.parametrize("rate", [(1, 4_000_000_000), (4_000_000_000, 1)])
def test_times_at_an_impossible_rate_are_empty_with_a_remark(write, film, rate):
    video = Video(write("a.avi", put(film.read_bytes(), b"strh", 28, "<II", *rate)))
    assert [shot.time for shot in video] == [0.0] + [None] * 9
    assert "9 of its frames have no time" in video.remark()
    assert video.is_complete


def test_pixels_that_are_not_square_are_corrected(write, made):
    data = (made / "film.mp4").read_bytes()
    wide = put(data, b"tkhd", 80, ">I", struct.unpack_from(">I", data, data.index(b"tkhd") + 80)[0] * 4 // 3)
    tall = put(data, b"tkhd", 84, ">I", struct.unpack_from(">I", data, data.index(b"tkhd") + 84)[0] * 4 // 3)
    thin = put(data, b"tkhd", 80, ">I", 1 << 16)  # not believed
    shapes = [read_all(write(f"{n}.mp4", d))[1][0].shape[:2] for n, d in enumerate((data, wide, tall, thin))]
    assert shapes == [(48, 64), (48, 85), (64, 64), (48, 64)]


def test_a_turned_video_with_wide_pixels_is_upright(write, made):
    data = (made / "film.mp4").read_bytes()
    wide = put(data, b"tkhd", 80, ">I", struct.unpack_from(">I", data, data.index(b"tkhd") + 80)[0] * 4 // 3)
    turned = put(wide, b"tkhd", 44, ">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    assert read_all(write("turned.mp4", turned))[1][0].shape[:2] == (85, 48)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "10:30:05.avi",
            "file:film.avi",
            "concat:a|film.avi",
            "http:x.avi",
            "-x.avi",
            "%03d.avi",
            "a\nb.avi",
            "pipe:0",
        ),
        os.fsdecode(b"caf\xe9.avi"),
    ],
)
def test_the_name_of_a_video_does_not_matter(film, monkeypatch, name):
    """A name that FFmpeg would take for a URL or a pattern, or that is not UTF-8; beside it, what it would find."""
    monkeypatch.chdir(film.parent)
    film.rename(name)
    film.write_bytes(h264_in_avi())
    _, frames, error = read_all(Path(name))
    assert (len(frames), frames[0].shape, error) == (10, (48, 64, 3), "")


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile film.avi\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{}/film.avi\n#EXT-X-ENDLIST\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation>'
        "<BaseURL>{}/film.avi</BaseURL></Representation></AdaptationSet></Period></MPD>",
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".m3u8"])
def test_a_playlist_is_no_video(write, film, monkeypatch, capfd, text, suffix):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        for place in (address, f"file://{film.parent}", str(film.parent)):
            with pytest.raises(ValueError, match="not a picture, a painctl shard or a video"):
                Video(write(f"a{suffix}", text.format(place).encode()))
        with pytest.raises(BlockingIOError):
            server.accept()
    assert capfd.readouterr().err == ""


def test_special_files_are_refused_by_name(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "zero.mp4").symlink_to("/dev/zero")
    for name, kind in (("pipe.mp4", "a named pipe"), ("zero.mp4", "a device")):
        with pytest.raises(ValueError, match=f"{name}: {kind}"):
            Video(tmp_path / name)


@pytest.mark.parametrize("data", [b"", b"hello", b"RIFF" + bytes(200)])
def test_a_file_of_another_kind_is_named_without_other_output(write, capfd, data):
    with pytest.raises(ValueError, match=r"a\.mp4: not a picture, a painctl shard or a video"):
        Video(write("a.mp4", data))
    assert capfd.readouterr().err == ""


def test_a_codec_that_cannot_be_decoded_is_named(write, capfd):
    assert "its codec is AV1 (AV01), which cannot be decoded" in read_all(write("a.mp4", av1_in_mp4()))[2]
    assert capfd.readouterr().err == ""


def test_a_video_that_was_cut_off_is_incomplete(write, film):
    data = film.read_bytes()
    video, frames, _ = read_all(write("a.avi", data[: data.index(b"idx1") - 1500]))
    assert 0 < len(frames) < 10
    assert not video.is_complete
    assert f"a.avi: it was cut off: it should have {len(data):,} bytes" in video.remark()


def test_a_video_without_its_end_where_the_index_is_is_not_readable(write, made):
    data = (made / "film.mp4").read_bytes()
    assert "no frame can be decoded: it has no index" in read_all(write("a.mp4", data[: data.index(b"moov") - 4]))[2]


def test_frames_that_cannot_be_decoded_are_counted(write, made):
    data = (made / "film.mp4").read_bytes()
    hole = bytearray(data)
    size, count = data.index(b"moov") - data.index(b"mdat"), 10
    hole[data.index(b"mdat") + size // 2 : data.index(b"moov") - 4] = bytes(size - 4 - size // 2)
    video, frames, _ = read_all(write("a.mp4", bytes(hole)))
    assert 0 < len(frames) < count
    assert f"{count - len(frames)} of its 10 frames could not be decoded" in video.remark()
    assert not video.is_complete


def test_a_trimmed_video_is_complete(write, made):
    data = (made / "film.mp4").read_bytes()
    start = data.index(b"elst") + 12
    trimmed = put(data, b"elst", 12, ">I", struct.unpack_from(">I", data, start)[0] // 2)
    video, frames, _ = read_all(write("a.mp4", trimmed))
    assert len(frames) == 5
    assert (video.is_complete, video.remark()) == (True, "")


def test_stated_sizes_are_not_believed(write, film):
    data = film.read_bytes()
    video, frames, _ = read_all(write("count.avi", put(data, b"strh", 40, "<I", 2**31 - 1)))
    assert len(frames) == 10
    assert video.count <= len(data)
    raw = put(data.replace(b"MJPG", bytes(4)), b"strf", 12, "<ii", 8192, 8192)
    assert "its frames have 8192 x 8192 pixels" in read_all(write("size.avi", raw))[2]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import os; os.kill(os.getpid(), 11)", "the decoder was ended by signal 11"),
        ("raise SystemExit(7)", "the decoder ended with exit code 7"),
        ("import time; time.sleep(60)", "nothing was decoded"),
    ],
)
def test_a_decoder_that_crashes_or_stalls_is_one_error(film, monkeypatch, program, message):
    video = Video(film)
    monkeypatch.setattr(video_process, "_PROGRAM", program)
    monkeypatch.setattr(video_process, "_PATIENCE", 1 if "sleep" in program else 30)
    (shot,) = video
    with pytest.raises(ValueError, match=message):
        shot.read()


def test_the_decoder_ends_with_its_reader(film):
    others = _children()
    shots = iter(Video(film))
    next(shots)
    (decoder,) = _children() - others
    shots.close()
    with pytest.raises(ProcessLookupError):
        os.kill(decoder, signal.SIG_DFL)


def _children():
    return {int(entry.name) for entry in Path("/proc").iterdir() if _parent(entry) == os.getpid()}


def _parent(process):
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):  # not a process, or one that has ended
        return 0


def test_the_decoder_ends_when_its_reader_is_killed(film):
    program = "import sys; from pathlib import Path; from painctl.prediction.videos import Video\n"
    program += "for shot in Video(Path(sys.argv[1])): print(shot.frame, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, film], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout.readline() == "0\n"
        (child,) = [entry for entry in Path("/proc").iterdir() if _parent(entry) == reader.pid]
        reader.kill()
    deadline = time.monotonic() + 10
    while _is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_running(process):
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
