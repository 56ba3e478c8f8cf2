import cv2
import numpy as np
import pytest

from painctl.images.photographed import EFFECTS
from painctl.vitpain.settings import PARTS, TrainingSettings, augmentation_parts
from painctl.vitpain.strong_augmentation import augment_strongly

SIZE = 64


@pytest.fixture(scope="module")
def image():
    coarse = np.random.default_rng(0).integers(40, 215, (7, 7, 3), dtype=np.uint8)
    return cv2.resize(coarse, (77, 77), interpolation=cv2.INTER_CUBIC)


def changed(image, parts, seed=0):
    return augment_strongly(image, image, SIZE, parts, np.random.default_rng(seed))


def test_without_parts_the_middle_stays_or_is_mirrored(image):
    middle = cv2.getRectSubPix(image, (SIZE, SIZE), (38, 38))
    for seed in range(6):
        first, second = changed(image, (), seed)
        np.testing.assert_array_equal(first, second)
        assert min(np.abs(first.astype(int) - side).mean() for side in (middle, middle[:, ::-1])) < 1


@pytest.mark.parametrize("part", PARTS)
def test_each_part_changes_some_pictures_and_each_of_a_pair_on_its_own(image, part):
    plain = [changed(image, (), seed)[0] for seed in range(12)]
    pairs = [changed(image, (part,), seed) for seed in range(12)]
    difference = [np.abs(pair[0].astype(int) - picture).mean() for pair, picture in zip(pairs, plain, strict=True)]
    assert max(difference) > 0.3
    assert any(not np.array_equal(first, second) for first, second in pairs)


def test_every_part_is_an_effect_or_the_pose():
    assert ("pose", *EFFECTS) == PARTS


def test_a_straightened_face_is_displaced_less(image):
    middle = cv2.getRectSubPix(image, (SIZE, SIZE), (38, 38)).astype(int)
    shifts = []
    for displacement in (0.0, 0.4, 1.0):
        pictures = [
            augment_strongly(image, image, SIZE, ("pose",), np.random.default_rng(seed), displacement)[0]
            for seed in range(20)
        ]
        shifts.append(np.mean([min(np.abs(p - side).mean() for side in (middle, middle[:, ::-1])) for p in pictures]))
    assert shifts[0] < 1 < 0.8 * shifts[1]
    assert shifts[1] < 0.7 * shifts[2]


def test_the_same_draws_give_the_same_pictures(image):
    for first, second in zip(changed(image, PARTS, 5), changed(image, PARTS, 5), strict=True):
        assert first.dtype == np.uint8
        assert first.shape == (SIZE, SIZE, 3)
        np.testing.assert_array_equal(first, second)


def test_a_face_stays_recognisable(image):
    """Correlation with the picture, mirrored or not: a label must still be visible."""
    middle = cv2.getRectSubPix(image, (SIZE, SIZE), (38, 38)).mean(axis=2)
    likeness = [
        max(np.corrcoef(picture.mean(axis=2).ravel(), side.ravel())[0, 1] for side in (middle, middle[:, ::-1]))
        for seed in range(60)
        for picture in changed(image, PARTS, seed)
    ]
    assert np.median(likeness) > 0.4


def test_an_empty_picture_stays_empty(image):
    empty = np.empty((0, 0, 3), np.uint8)
    assert augment_strongly(image, empty, SIZE, PARTS, np.random.default_rng(0))[1].size == 0


def test_settings_name_the_parts():
    assert augmentation_parts("strong") == PARTS
    assert augmentation_parts("blur,noise") == ("blur", "noise")
    assert augmentation_parts("mild") == augmentation_parts("none") == ()
    with pytest.raises(ValueError, match="augment has 'fog'; use none, mild, strong, or some of pose, light"):
        TrainingSettings(augment="blur,fog")
