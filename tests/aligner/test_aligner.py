"""The aligner that comes with painctl, on rendered frames of people whom it was not trained on."""

import cv2
import numpy as np
import pytest

from painctl.aligner.framing import PLACES, STABLE, moved
from painctl.aligner.shipped import shipped_aligner
from painctl.images.encode import decode_rgb
from painctl.shard.reader import Shard


@pytest.fixture(scope="module")
def frames(portraits):
    """Frames, and their landmarks."""
    with Shard(portraits) as shard:
        pictures = [decode_rgb(data, "frame") for data in shard.read("frames", "image")]
        return [*zip(pictures, shard.read("frames", "landmarks"), strict=True)]


def test_landmarks_are_located_to_a_fraction_of_the_face(frames):
    for picture, points in frames:
        located = shipped_aligner().locate_in_frame(picture)
        assert np.linalg.norm(located.points - points, axis=1).mean() < 0.05 * len(picture)
        assert 0 < located.spread.mean() < 0.05 * len(picture)
        assert 0 <= located.hidden < 0.4


def test_a_picture_of_another_size_has_the_same_face(frames):
    picture, _ = frames[0]
    located = shipped_aligner().locate_in_frame(picture)
    large = cv2.resize(picture, (480, 480), interpolation=cv2.INTER_CUBIC)
    np.testing.assert_allclose(shipped_aligner().locate_in_frame(large).points / 480, located.points / 192, atol=0.01)
    wide = cv2.copyMakeBorder(picture, 0, 0, 40, 40, cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(shipped_aligner().locate_in_frame(wide).points - (40, 0), located.points, atol=1)


def test_a_framed_face_is_upright_and_in_its_place(frames):
    picture, _ = frames[0]
    matrix = cv2.getRotationMatrix2D((96, 110), 20, 1.0)
    tilted = cv2.warpAffine(picture, matrix, (192, 192), borderMode=cv2.BORDER_REPLICATE)
    located = shipped_aligner().locate_in_frame(tilted)
    assert abs(located.roll) == pytest.approx(20, abs=4)
    framed = located.framed(tilted)
    assert framed.shape[0] == framed.shape[1] == pytest.approx(192, rel=0.15)
    again = shipped_aligner().locate_in_frame(framed)
    assert again.roll == pytest.approx(0, abs=3)
    places = moved(located.frame, located.points.astype(float))[list(STABLE)]
    np.testing.assert_allclose(places.mean(axis=0), PLACES.mean(axis=0), atol=1e-6)
