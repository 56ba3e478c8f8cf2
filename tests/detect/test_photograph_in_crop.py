import numpy as np
import pytest

from painctl.detect.framing import crop_face, photograph_in_crop


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("box", [(0, 0, 40, 40), (60, 10, 100, 50), (40, 40, 60, 60)])
def test_what_is_outside_of_the_photograph_repeats_its_edge(box, turns):
    image = np.random.default_rng(0).integers(1, 255, (90, 110, 3), dtype=np.uint8)
    image[[0, -1]] = image[:, [0, -1]] = 0  # so that all that is repeated is black
    crop = crop_face(image, np.array(box), turns)
    inside = photograph_in_crop(image, np.array(box), turns)
    if inside is None:
        assert crop.min() > 0
        return
    left, top, right, bottom = inside.astype(int)
    outside = np.ones(crop.shape[:2], bool)
    outside[top:bottom, left:right] = False
    assert outside.any()
    assert crop[outside].max() == 0
    within = crop[top:bottom, left:right]
    assert (within[1:-1, 1:-1] > 0).all()
