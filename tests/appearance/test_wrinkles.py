from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.wrinkles import aged, shaded, wrinkles
from painctl.shard.schema import ACTION_UNITS

SLOPES = slice(0, 2)


@pytest.fixture(scope="module")
def canvas(canvas_of, person):
    return canvas_of(person, 512)


@pytest.fixture(scope="module")
def folds(canvas):
    return wrinkles(canvas)


def only(unit, intensity=5):
    units = np.zeros(6, int)
    units[ACTION_UNITS.index(unit)] = intensity
    return units


def steepness(picture):
    return np.hypot(picture[..., 0], picture[..., 1])


def test_no_units_leave_the_skin_as_it_is(folds):
    assert not folds.blend(np.zeros(6, int)).any()
    assert not folds.blend(only("AU43", 1)).any()


@pytest.mark.parametrize("unit", ACTION_UNITS[:-1])
def test_folds_deepen_with_intensity(folds, unit):
    steep = [steepness(folds.blend(only(unit, i))).mean() for i in range(6)]
    dark = [folds.blend(only(unit, i))[..., 2].mean() for i in range(6)]
    assert steep[0] == dark[0] == 0
    assert (np.diff(steep) > 0).all()
    assert (np.diff(dark) > 0).all()


@pytest.mark.parametrize(
    ("unit", "low", "high"),
    [("AU4", 17, 28), ("AU6", 36, 48), ("AU7", 36, 48), ("AU9", 27, 36), ("AU10", 31, 55)],
)
def test_each_fold_is_about_its_landmarks(canvas, folds, unit, low, high):
    """Most of a unit's slope lies within three centimetres of where its muscle folds the skin."""
    steep = canvas.texels.gather(steepness(folds.blend(only(unit))))
    marks = canvas.landmarks[low:high]
    away = np.linalg.norm(canvas.points[:, None] - marks[None], axis=2).min(1)
    assert steep[away < 0.03].sum() > 0.85 * steep.sum() > 0
    assert not steep[canvas.regions["eyes"] > 0.5].any()
    assert not steep[canvas.regions["scalp"] > 0.5].any()


def test_both_halves_of_the_face_fold(canvas, folds):
    for unit in ACTION_UNITS[:-1]:
        steep = canvas.texels.gather(steepness(folds.blend(only(unit))))
        left = steep[canvas.points[:, 0] > 0].sum()
        assert 0.6 < left / (steep.sum() - left) < 1.6


def test_the_old_fold_deeper_and_keep_their_lines(canvas_of, person):
    young, old = (canvas_of(replace(person, age=years)) for years in (22.0, 80.0))
    deep = [steepness(wrinkles(canvas).blend(only("AU10"))).mean() for canvas in (young, old)]
    assert deep[1] > 1.2 * deep[0]
    assert not aged(young).any()
    assert 2e-4 < -aged(old).min() < 2.5e-3  # metres


def test_valleys_are_dark_and_ridges_are_not():
    height = np.array((-2e-3, -5e-4, 0, 1e-3))
    shade = shaded(height)
    assert shade[0] > shade[1] > shade[2] == shade[3] == 0
    assert shade.max() < 0.6


def test_units_add_up_within_what_skin_can_do(folds):
    everything = folds.blend(np.array([5, 5, 5, 5, 5, 1]))
    assert everything[..., 2:].min() >= 0
    assert everything[..., 2:].max() <= 1
