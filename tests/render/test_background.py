import numpy as np
import pytest

from painctl.render.background import KINDS, PARAMETERS, draw_background, draw_picture, paint_background
from painctl.render.light import PLACES


@pytest.fixture(scope="module")
def many():
    return np.stack([draw_background(7, i, "view/0/0/background", PLACES[i % len(PLACES)]) for i in range(80)])


def test_the_same_key_draws_and_paints_the_same(many):
    np.testing.assert_array_equal(draw_background(7, 3, "view/0/0/background", PLACES[3]), many[3])
    assert many.dtype == np.float32
    assert many.shape[1] == len(PARAMETERS)
    assert {KINDS[kind] for kind in many[:, 0].astype(int)} == set(KINDS) - {"picture"}
    for parameters in many[:10]:
        np.testing.assert_array_equal(paint_background(parameters, 96), paint_background(parameters.copy(), 96))


def test_every_picture_is_light_neither_flat_nor_garish(many):
    for parameters in many:
        picture = paint_background(parameters, 128)
        assert picture.dtype == np.float32
        assert picture.shape == (128, 128, 3)
        assert picture.min() >= 0
        assert picture.max() < 3
        assert 0.01 < picture.mean() < 1.2
        assert picture.std(axis=(0, 1)).max() > 0.004
        assert picture.mean(axis=(0, 1)).max() < 4 * picture.mean(axis=(0, 1)).min()


def test_every_parameter_changes_the_picture(many):
    parameters = next(p for p in many if KINDS[int(p[0])] == "room")
    before = paint_background(parameters, 128)
    for number in range(1, len(PARAMETERS)):
        changed = parameters.copy()
        changed[number] = changed[number] * np.float32(0.7)
        assert (paint_background(changed, 128) != before).any(), PARAMETERS[number]


def test_the_place_is_the_same_at_any_size(many):
    for parameters in many[:8]:
        small, large = (paint_background(parameters, size) for size in (64, 512))
        shrunk = large.reshape(64, 8, 64, 8, 3).mean(axis=(1, 3))
        assert np.abs(shrunk - small).mean() < 0.02


def test_what_is_behind_a_head_fits_the_light_on_it(many):
    outdoors = {KINDS[int(kind)] for kind in many[PLACES.index("outdoor") :: len(PLACES), 0]}
    inside = {KINDS[int(kind)] for kind in many[PLACES.index("hospital") :: len(PLACES), 0]}
    assert outdoors == {"foliage", "street"}
    assert inside <= {"wall", "ward"}


def test_a_drawn_picture_is_one_of_the_folder_and_each_is_drawn():
    drawn = [draw_picture(1, identity, "view/0/0/background", 5) for identity in range(60)]
    assert {int(parameters[-1]) for parameters in drawn} == set(range(5))
    assert {KINDS[int(parameters[0])] for parameters in drawn} == {"picture"}
