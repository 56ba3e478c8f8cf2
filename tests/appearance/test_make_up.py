from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.make_up import MakeUp, make_up, paint_make_up


def wearing(person, **changes):
    """Share of 200 such people who wear make-up."""
    worn = [make_up(replace(person, seed=seed, **changes)) != MakeUp() for seed in range(200)]
    return np.mean(worn)


def test_some_women_and_no_men_wear_make_up(person):
    crew = {"garment": "crew neck"}
    young = wearing(person, gender="woman", age_group="young", **crew)
    elderly = wearing(person, gender="woman", age_group="elderly", **crew)
    patients = wearing(person, gender="woman", age_group="young", garment="hospital gown")
    assert wearing(person, gender="man", **crew) == 0
    assert 0.1 < patients < elderly < young < 0.9


def test_it_depends_on_the_identity_alone(person):
    woman = replace(person, gender="woman", garment="v-neck")
    assert make_up(woman) == make_up(replace(woman, melanin=0.2, age=33.0))
    assert len({make_up(replace(woman, identity=number)).lipstick for number in range(12)}) > 6


@pytest.fixture(scope="module")
def made_up(person):
    """A woman who wears lipstick and no eye shadow or blush."""
    women = (replace(person, gender="woman", garment="v-neck", seed=seed) for seed in range(400))
    return next(w for w in women if make_up(w).lipstick > 0.4 and not make_up(w).shadow and not make_up(w).blush)


def test_lipstick_colours_the_lips_and_nothing_else(space_of, made_up):
    space = space_of(made_up)
    skin = np.full((len(space.points), 3), 0.3, np.float32)
    painted = paint_make_up(space, skin)
    changed = np.abs(painted - skin).max(1)
    lips = space.regions["lips"]
    assert changed[lips > 0.9].min() > 0.01
    assert not changed[lips < 0.2].any()
    assert (painted[lips > 0.9][:, 0] > painted[lips > 0.9][:, 1]).all()


def test_bare_skin_stays_as_it_is(space_of, person):
    space = space_of(replace(person, gender="man"))
    skin = np.full((len(space.points), 3), 0.3, np.float32)
    np.testing.assert_array_equal(paint_make_up(space, skin), skin)
