import cv2
import numpy as np
import pytest

from painctl.vitpain.data import Pairs, augment, decode, fit

RNG = np.random.default_rng(0)


def smooth(size=48):
    return cv2.resize(RNG.integers(40, 215, (6, 6, 3), dtype=np.uint8), (size, size), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("extension", [".png", ".jpg"])
def test_decode_gives_rgb(extension):
    image = np.zeros((16, 16, 3), np.uint8)
    image[..., 0] = 250
    found = decode(cv2.imencode(extension, image[..., ::-1])[1].tobytes(), "a picture")
    assert np.abs(found.astype(int) - image).max() < 6


@pytest.mark.parametrize("data", [b"", b"no picture", cv2.imencode(".png", smooth())[1].tobytes()[:40]])
def test_unreadable_picture_is_named(data):
    with pytest.raises(ValueError, match="frame 7: not a readable picture"):
        decode(data, "frame 7")


def test_fit_takes_the_middle():
    image = np.zeros((60, 100, 3), np.uint8)
    image[15:45, 35:65] = 200
    assert (fit(image, 10, 0.5) == 200).all()
    whole = fit(image, 30, 1.0)
    assert whole.shape == (30, 30, 3)
    assert whole[:, 15].mean() == pytest.approx(100, abs=5)
    assert (fit(image, 90, 0.5) == 200).all()


def test_fit_of_the_right_size_changes_nothing():
    image = smooth()
    assert np.array_equal(fit(image, 48, 1.0), image)


def test_items_depend_on_seed_frame_and_epoch_only(drawn_faces):
    source = drawn_faces([1, 2], 3)
    first, again, other = (Pairs(source, 32, 1.0, seed) for seed in (0, 0, 1))
    item = first[4, 2]
    again[3, 2], again[4, 1]
    assert all(np.array_equal(a, b) for a, b in zip(item, again[4, 2], strict=True))
    for changed in (other[4, 2], first[4, 3]):
        assert not np.array_equal(item[0], changed[0])
    assert item[2] == source.pspi[4]
    assert np.array_equal(item[3], source.aus[4])


def test_epoch_minus_one_is_the_picture_itself(drawn_faces):
    source = drawn_faces([1], 3)
    pain, neutral = Pairs(source, 48, 1.0)[2, -1][:2]
    assert np.array_equal(pain, decode(source.pain(2), ""))
    assert np.array_equal(neutral, decode(source.neutral(2), ""))


def test_a_frame_is_read_once(drawn_faces):
    source, reads = drawn_faces([1], 2), []
    pain = source.pain
    source.pain = lambda i: reads.append(i) or pain(i)
    pairs = Pairs(source, 32, 1.0)
    for epoch in range(3):
        pairs[0, epoch], pairs[1, epoch]
    assert sorted(reads) == [0, 1]


def test_unreadable_frame_is_named(drawn_faces):
    source = drawn_faces([1], 3)
    source.neutral = lambda i: b""
    with pytest.raises(ValueError, match="neutral of frame 2: not a readable"):
        Pairs(source, 32, 1.0)[2, -1]


def test_change_is_mild_and_mirrors_both_or_neither():
    image, mirrored = smooth(), []
    for seed in range(40):
        pair = augment(image, image, np.random.default_rng(seed))
        like = np.array([[np.corrcoef(x.ravel(), way.ravel())[0, 1] for way in (image, image[:, ::-1])] for x in pair])
        assert (like.max(axis=1) > 0.85).all()
        sides = like.argmax(axis=1)
        assert sides[0] == sides[1]
        mirrored.append(sides[0])
    assert 8 < sum(mirrored) < 32
