from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.haircuts import HAIRCUTS, KNOT, combed, parting
from painctl.face.grooming import CUTS


def test_every_haircut_that_is_drawn_has_hair_except_a_bald_one():
    assert set(HAIRCUTS) == set(CUTS) - {"bald"}


@pytest.mark.parametrize("cut", HAIRCUTS)
def test_hair_is_combed_in_unit_directions(person, cut):
    points = np.random.default_rng(0).normal(0, 0.1, (50, 3))
    np.testing.assert_allclose(np.linalg.norm(combed(replace(person, haircut=cut), points), axis=1), 1)


def test_tied_hair_is_combed_to_the_knot(person):
    point = KNOT + np.array((0, 0.05, 0))
    np.testing.assert_allclose(combed(replace(person, haircut="tied"), point[None])[0], (0, -1, 0), atol=1e-12)


def test_a_person_keeps_their_parting(person):
    assert parting(person) == parting(replace(person, haircut="bob", age=70.0))
    assert {parting(replace(person, seed=seed)) for seed in range(20)} == {-0.03, 0.0, 0.03}
