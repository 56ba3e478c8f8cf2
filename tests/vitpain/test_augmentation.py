import cv2
import numpy as np

from painctl.vitpain.augmentation import augment


def test_changes_are_mild_and_mirror_both_pictures_or_neither():
    coarse = np.random.default_rng(0).integers(40, 215, (6, 6, 3), dtype=np.uint8)
    image, mirrored = cv2.resize(coarse, (48, 48), interpolation=cv2.INTER_CUBIC), []
    for seed in range(40):
        pair = augment(image, image, np.random.default_rng(seed))
        likeness = np.array([[np.corrcoef(x.ravel(), y.ravel())[0, 1] for y in (image, image[:, ::-1])] for x in pair])
        assert (likeness.max(axis=1) > 0.85).all()
        sides = likeness.argmax(axis=1)
        assert sides[0] == sides[1]
        mirrored.append(sides[0])
    assert 8 < sum(mirrored) < 32
