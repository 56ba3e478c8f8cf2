import cv2
import numpy as np
import pytest

from painctl.images.encode import decode_rgb
from painctl.images.resize import center_crop
from painctl.vitpain import data
from painctl.vitpain.data import Pairs, Subset, augment

RNG = np.random.default_rng(0)


def smooth(size=48):
    return cv2.resize(RNG.integers(40, 215, (6, 6, 3), dtype=np.uint8), (size, size), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("extension", [".png", ".jpg"])
def test_decode_gives_rgb(extension):
    image = np.zeros((16, 16, 3), np.uint8)
    image[..., 0] = 250
    found = decode_rgb(cv2.imencode(extension, image[..., ::-1])[1].tobytes(), "a picture")
    assert np.abs(found.astype(int) - image).max() < 6


@pytest.mark.parametrize("data", [b"", b"no picture", cv2.imencode(".png", smooth())[1].tobytes()[:40]])
def test_unreadable_picture_is_named(data):
    with pytest.raises(ValueError, match="frame 7: not a readable picture"):
        decode_rgb(data, "frame 7")


def test_fit_takes_the_middle():
    image = np.zeros((60, 100, 3), np.uint8)
    image[15:45, 35:65] = 200
    assert (center_crop(image, 10, 0.5) == 200).all()
    whole = center_crop(image, 30, 1.0)
    assert whole.shape == (30, 30, 3)
    assert whole[:, 15].mean() == pytest.approx(100, abs=5)
    assert (center_crop(image, 90, 0.5) == 200).all()


def test_fit_of_the_right_size_changes_nothing():
    image = smooth()
    assert np.array_equal(center_crop(image, 48, 1.0), image)


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
    assert np.array_equal(pain, source.picture(2))
    assert np.array_equal(neutral, source.neutral(source.neutrals(2)[0]))


def test_a_picture_is_read_once(drawn_faces):
    source, reads = drawn_faces([1], 2), []
    for kind in ("picture", "neutral"):
        read = getattr(source, kind)
        setattr(source, kind, lambda key, side, kind=kind, read=read: reads.append((kind, key)) or read(key, side))
    pairs = Pairs(source, 32, 1.0)
    for epoch in range(3):
        pairs[0, epoch], pairs[1, epoch]
    assert sorted(reads) == [("neutral", 4), ("picture", 0), ("picture", 1)]


def test_training_draws_among_the_first_neutrals_and_testing_shows_them_all(drawn_faces, monkeypatch):
    source = drawn_faces([1], 2)
    source.neutral = lambda key, side: np.full((40, 40, 3), key, np.uint8)
    monkeypatch.setattr(data, "augment", lambda pain, neutral, rng: (pain, neutral))
    still = Pairs(source, 32, 1.0, shots=3)
    drawn = {int(still[1, epoch][1][0, 0, 0]) for epoch in range(40)}
    assert drawn == {4, 5, 6}
    assert [int(neutral[0, 0, 0]) for _, neutral in still.shown(1)] == [4, 5, 6]


def test_a_jpeg_comes_at_half_size_where_that_is_enough():
    image = smooth(200)
    jpeg = cv2.imencode(".jpg", image[..., ::-1])[1].tobytes()
    assert decode_rgb(jpeg, "", 101).shape == (200, 200, 3)
    half = decode_rgb(jpeg, "", 100)
    assert half.shape == (100, 100, 3)
    assert np.abs(half.astype(int) - center_crop(image, 100, 1.0)).mean() < 2


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


def test_subset_is_a_source_of_its_rows(drawn_faces):
    source = drawn_faces([1, 2], 3)
    part = Subset(source, np.array([5, 1]))
    assert (len(part), part.subject.tolist()) == (2, [2, 1])
    assert np.array_equal(part.picture(0), source.picture(5))
    assert part.neutrals(1) == source.neutrals(1)
    assert np.array_equal(part.neutral(6), source.neutral(6))
    assert part.names == ["2/5", "1/1"]
    assert part.groups["parity"].tolist() == ["even", "odd"]
    assert np.array_equal(part.aus, source.aus[[5, 1]])
    assert np.array_equal(part.pspi, source.pspi[[5, 1]])
