import numpy as np
import pytest

from painctl.mesh.opening import Opening


def disc(radius, corners=64):
    """A polygon around the z axis, counter-clockwise as seen from below."""
    turn = -2 * np.pi * np.arange(corners) / corners
    return radius * np.stack([np.cos(turn), np.sin(turn), 0 * turn], 1)


@pytest.mark.parametrize("distance", [1.0, 2.0, 5.0])
def test_a_disc_overhead(distance):
    """The share is r^2 / (r^2 + h^2) for a disc of radius r, h above a surface that faces it."""
    share = Opening.of(disc(1.0)).form_factor(np.array([[0, 0, -distance]]), np.array([[0, 0, 1.0]]))
    np.testing.assert_allclose(share, 1 / (1 + distance**2), rtol=0.06)


def test_only_what_faces_the_opening_from_behind_is_lit():
    opening = Opening.of(disc(1.0))
    below, up, down = np.array([[0.0, 0, -1]]), np.array([[0, 0, 1.0]]), np.array([[0, 0, -1.0]])
    assert opening.form_factor(below, up) > 0.4
    assert opening.form_factor(below, down) == 0
    assert opening.form_factor(-below, down) == 0


def test_a_wall_beside_the_opening_gets_half_of_what_a_floor_gets_at_most():
    share = Opening.of(disc(1.0)).form_factor(np.array([[1.0, 0, -0.5]]), np.array([[-1.0, 0, 0]]))
    assert 0.1 < share < 0.5


def test_area():
    assert Opening.of(disc(2.0)).area == pytest.approx(np.pi * 4, rel=0.01)
