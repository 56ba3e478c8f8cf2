import cv2
import numpy as np
import pytest

from painctl.prediction.videos import Video


@pytest.fixture
def film(tmp_path):
    """Ten frames at 25 a second, each lighter than the one before."""
    out = cv2.VideoWriter(str(tmp_path / "film.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 25, (64, 48))
    for number in range(10):
        image = np.zeros((48, 64, 3), np.uint8)
        image[..., 2] = 20 * number  # red
        out.write(image)
    out.release()
    return tmp_path / "film.avi"


def test_frames_are_in_order_with_their_times(film):
    video = Video(film)
    shots = list(video)
    assert video.count == 10
    assert [shot.frame for shot in shots] == list(range(10))
    np.testing.assert_allclose([shot.time for shot in shots], np.arange(10) / 25, atol=1e-6)
    for shot in shots:
        assert shot.name == str(film)
        np.testing.assert_allclose(shot.read().mean(axis=(0, 1)), [20 * shot.frame, 0, 0], atol=3)
    assert video.remark() == ""


def test_every_third_frame(film):
    video = Video(film, every=3)
    shots = list(video)
    assert video.count == len(shots) == 4
    assert [shot.frame for shot in shots] == [0, 3, 6, 9]
    assert [round(shot.time, 2) for shot in shots] == [0, 0.12, 0.24, 0.36]
    assert shots[3].read().mean(axis=(0, 1))[0] == pytest.approx(180, abs=3)


def test_a_truncated_video_has_a_remark(film):
    video = Video(film)
    for number, _ in enumerate(video):
        if number == 4:
            break
    assert video.remark() == f"{film}: only 5 of its 10 frames could be read"


@pytest.mark.parametrize("data", [b"", b"hello", b"RIFF" + bytes(200), b"\0\0\0\x18ftypmp42" + bytes(80)])
def test_an_unreadable_video_is_named_without_other_output(tmp_path, capfd, data):
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.mp4: not a picture, a painctl shard or a video"):
        Video(tmp_path / "a.mp4")
    assert capfd.readouterr().err == ""
