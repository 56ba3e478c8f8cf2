from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.haircuts import CROWN_KNOT, HAIRCUTS, KNOT, combed, in_fringe, parting
from painctl.face.grooming import CUTS


def test_every_haircut_that_is_drawn_has_hair_except_a_bald_one():
    assert set(HAIRCUTS) == set(CUTS) - {"bald"}


@pytest.mark.parametrize("cut", HAIRCUTS)
def test_hair_is_combed_in_unit_directions(person, cut):
    points = np.random.default_rng(0).normal(0, 0.1, (50, 3))
    np.testing.assert_allclose(np.linalg.norm(combed(replace(person, haircut=cut), points), axis=1), 1)


@pytest.mark.parametrize(("cut", "knot"), [("tied", KNOT), ("bun", CROWN_KNOT)])
def test_tied_hair_is_combed_to_the_knot(person, cut, knot):
    point = knot + np.array((0, 0.05, 0))
    np.testing.assert_allclose(combed(replace(person, haircut=cut), point[None])[0], (0, -1, 0), atol=1e-12)


def test_plaits_are_combed_to_either_side(person):
    left, right = combed(replace(person, haircut="plaits"), np.array([(0.02, 0.1, -0.1), (-0.02, 0.1, -0.1)]))
    np.testing.assert_allclose(left * (-1, 1, 1), right)
    assert left[0] > 0


def test_a_person_keeps_their_parting(person):
    assert parting(person) == parting(replace(person, haircut="bob", age=70.0))
    assert {parting(replace(person, seed=seed)) for seed in range(20)} == {-0.03, 0.0, 0.03}


@pytest.mark.parametrize("cut", [cut for cut in HAIRCUTS if HAIRCUTS[cut].parted])
def test_hair_falls_to_its_own_side_of_the_parting(person, cut):
    person = replace(person, haircut=cut)
    middle = parting(person)
    roots = np.array([(middle + 0.002, 0.11, -0.12), (middle - 0.002, 0.11, -0.12)])
    left, right = combed(person, roots)
    assert left[0] > 0 > right[0]


def test_a_fringe_is_combed_forwards(person):
    roots = np.array([(0.0, 0.1, -0.03), (0.02, 0.09, -0.02)])
    assert in_fringe(roots).all()
    assert (combed(replace(person, haircut="fringe"), roots)[:, 2] > 0.5).all()
    assert not in_fringe(np.array([(0.0, 0.09, -0.16), (0.075, 0.03, -0.08)])).any()
