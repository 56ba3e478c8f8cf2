import numpy as np
import pytest

from painctl.render.background import KINDS, PARAMETERS, SHARES, draw_background, paint_background
from painctl.render.light import PLACES

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture(scope="module")
def backgrounds():
    """The parameters of three hundred backgrounds, [300, 12]."""
    return np.stack([draw_background(7, identity, "view/0/0/background") for identity in range(300)])


@pytest.fixture(scope="module")
def of_each_kind(backgrounds):
    """Six backgrounds of each kind."""
    return np.concatenate([backgrounds[backgrounds[:, 0] == kind][:6] for kind in range(len(KINDS))])


def test_drawing_and_painting_are_deterministic(backgrounds, of_each_kind):
    np.testing.assert_array_equal(draw_background(7, 3, "view/0/0/background"), backgrounds[3])
    assert backgrounds.dtype == np.float32
    assert backgrounds.shape[1] == len(PARAMETERS)
    for parameters in of_each_kind[::3]:
        np.testing.assert_array_equal(paint_background(parameters, 96), paint_background(parameters.copy(), 96))


def test_every_kind_occurs_but_only_in_its_places(backgrounds):
    assert set(backgrounds[:, 0].astype(int)) == set(range(len(KINDS)))
    assert set(SHARES) == set(PLACES)
    for place, shares in SHARES.items():
        drawn = [KINDS[int(draw_background(7, identity, "b", place)[0])] for identity in range(80)]
        assert set(drawn) == set(shares)
    assert sum(SHARES["outdoor"].get(kind, 0) for kind in ("studio", "room", "window", "ward", "lamps")) == 0


def test_pictures_are_neither_flat_nor_garish(of_each_kind):
    for parameters in of_each_kind:
        picture = paint_background(parameters, 128)
        kind = KINDS[int(parameters[0])]
        assert picture.dtype == np.float32
        assert picture.shape == (128, 128, 3)
        assert picture.min() >= 0
        assert picture.max() < 6
        assert 0.01 < (picture @ LUMINANCE).mean() < 1.2, kind
        assert picture.std(axis=(0, 1)).max() > 0.004, kind
        assert picture.mean(axis=(0, 1)).max() < 4 * picture.mean(axis=(0, 1)).min(), kind


def test_every_parameter_changes_the_picture(backgrounds):
    parameters = next(p for p in backgrounds if KINDS[int(p[0])] == "room")
    before = paint_background(parameters, 128)
    for number in range(1, len(PARAMETERS)):
        changed = parameters.copy()
        changed[number] = changed[number] * np.float32(0.7)
        assert (paint_background(changed, 128) != before).any(), PARAMETERS[number]


def test_nothing_is_in_focus(of_each_kind):
    """No two neighbouring pixels differ as much as across an edge in focus."""
    for parameters in of_each_kind:
        picture = paint_background(parameters, 512) @ LUMINANCE
        largest = max(np.abs(np.diff(picture, axis=axis)).max() for axis in (0, 1))
        assert largest < 0.35 * np.ptp(picture) + 0.02, KINDS[int(parameters[0])]


def test_the_background_is_the_same_at_any_size(of_each_kind):
    for parameters in of_each_kind[::5]:
        small, large = (paint_background(parameters, size) for size in (64, 512))
        shrunk = large.reshape(64, 8, 64, 8, 3).mean(axis=(1, 3))
        assert np.abs(shrunk - small).mean() < 0.02
