import numpy as np
import pytest

from painctl.appearance.dentition import LOWER, UPPER
from painctl.appearance.teeth import crowns
from painctl.mesh.normals import face_normals

ENAMEL = np.array((0.6, 0.55, 0.45))
ALL = np.zeros((2, 7), bool)


def made(row, missing=ALL, ageing=0.0, seed=0):
    return crowns(row, ENAMEL, np.random.default_rng(seed), missing, ageing)


@pytest.mark.parametrize("row", [UPPER, LOWER], ids=["upper", "lower"])
def test_crowns_are_closed_towards_the_mouth_and_face_outwards(row):
    surface = made(row)
    each = len(surface.points) // 14
    for tooth in range(14):
        points = surface.points[tooth * each : (tooth + 1) * each]
        faces = surface.faces[(surface.faces // each == tooth).all(1)] - tooth * each
        normals, centres = face_normals(points, faces), points[faces].mean(1)
        sideways = (
            np.linalg.norm(
                np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]]), axis=1
            )
            > 1e-9
        )
        outward = ((centres - points.mean(0)) * normals).sum(1)[sideways]
        assert (outward > 0).mean() > 0.85
        assert np.ptp(points[-16:], axis=0).max() < 0.002  # the last ring meets in the biting edge


def test_a_missing_tooth_leaves_the_others_as_they_are():
    missing = ALL.copy()
    missing[1, 0] = True
    whole, gap = made(UPPER), made(UPPER, missing)
    each = len(whole.points) // 14
    kept = np.r_[0 : 7 * each, 8 * each : 14 * each]
    np.testing.assert_array_equal(gap.points, whole.points[kept])
    np.testing.assert_array_equal(gap.colour, whole.colour[kept])
    assert gap.faces.max() == len(gap.points) - 1


def test_age_wears_and_levels_the_edges():
    young, old = made(UPPER), made(UPPER, ageing=1.0)
    edges = [surface.points.reshape(14, -1, 3)[:, :, 1].min(1) for surface in (young, old)]
    assert (edges[1] > edges[0]).mean() > 0.8  # the edges of upper teeth are their lowest points
    assert np.ptp(edges[1]) < np.ptp(edges[0])


def test_colours_vary_little_and_canines_are_darker_than_incisors():
    colours = np.stack([made(UPPER, seed=seed).colour.reshape(2, 7, -1, 3).mean(2) for seed in range(30)]).mean((0, 1))
    assert (colours[2] < colours[0]).all()
    assert (colours / ENAMEL > 0.6).all()
    assert (colours / ENAMEL < 1.1).all()


def test_contacts_are_darker_than_the_middle_of_a_crown():
    shade = made(LOWER).open.reshape(14, -1, 16)
    assert shade.min() >= 0.3
    assert (shade[:, 3, [0, 8]] < shade[:, 3, [4]]).all()  # beside a neighbour, and in front
