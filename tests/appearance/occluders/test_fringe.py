from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.occluders.fringe import fringe, has_fringe


@pytest.fixture(scope="module")
def fringed(wearers):
    return [wearer for wearer in wearers if has_fringe(wearer.person)][:4]


def test_some_hair_cannot_fall_over_the_brow(wearers):
    person = wearers[0].person
    assert has_fringe(replace(person, haircut="long", hair_curl=0.1))
    assert not has_fringe(replace(person, haircut="long", hair_curl=0.9))
    assert not has_fringe(replace(person, haircut="bald", hair_curl=0.1))


def test_strands_fall_from_the_hairline_over_the_forehead(fringed):
    assert fringed
    for wearer in fringed:
        strands, brow = fringe(wearer), wearer.at_rest[17:27, 1].mean()
        roots, tips = strands.points[:, 0], strands.points[:, -1]
        assert (roots[:, 1] > brow + 0.02).mean() > 0.95
        assert (tips[:, 1] < roots[:, 1]).all()
        assert (tips[:, 1] < brow + 0.02).mean() > 0.5
        assert np.quantile(tips[:, 1], 0.05) > wearer.at_rest[33, 1]  # not below the nose


def test_it_lies_in_front_of_the_skin(fringed):
    for wearer in fringed:
        strands = fringe(wearer)
        points = strands.points[:, 1:].reshape(-1, 3).astype(float)
        skin = np.linalg.norm(wearer.relief.onto(points) - wearer.centre, axis=1)
        assert np.quantile(np.linalg.norm(points - wearer.centre, axis=1) - skin, 0.01) > -0.004
        assert all(np.isfinite(part).all() for part in vars(strands).values())
