import numpy as np
import pytest
from scipy.spatial import cKDTree

from painctl.appearance.dentition import LOWER, UPPER, along
from painctl.appearance.gums import gum
from painctl.mesh.normals import face_normals

LIGHT, DARK = 0.03, 0.4  # melanin


@pytest.mark.parametrize("row", [UPPER, LOWER], ids=["upper", "lower"])
def test_a_gum_is_symmetric_and_above_the_edges_of_its_teeth(row):
    points = gum(row, LIGHT, 0.0).points
    mirrored = points * (-1, 1, 1)
    np.testing.assert_allclose(np.sort(mirrored[:, 0]), np.sort(points[:, 0]), atol=1e-12)
    assert (row.up * points[:, 1]).min() > 0.3 * row.length.min()


@pytest.mark.parametrize("row", [UPPER, LOWER], ids=["upper", "lower"])
def test_it_comes_closest_to_the_edge_between_two_teeth(row):
    """On the lip's side, there are papillae at the contacts and a scallop on each crown."""
    points, run = gum(row, LIGHT, 0.0).points, np.linspace(-0.03, 0.03, 2000)
    away, nearest = cKDTree(along(row, run)[0]).query(points[:, [0, 2]])
    middles, contacts = np.cumsum(row.width)[:2] - row.width[:2] / 2, np.cumsum(row.width)[:2]

    def lowest(place):
        """Height of the gum over the edges of the teeth, next to them, at a distance along the arch."""
        return (row.up * points[(away < 0.0022) & (np.abs(np.abs(run[nearest]) - place) < 0.0007), 1]).min()

    assert all(lowest(contact) < lowest(middle) - 0.0015 for contact in contacts for middle in middles)


def test_the_lip_side_faces_the_lips_and_the_palate_faces_down():
    for row in (UPPER, LOWER):
        surface = gum(row, LIGHT, 0.0)
        centres, normals = surface.points[surface.faces].mean(1), face_normals(surface.points, surface.faces)
        lip = centres[:, 2] > -0.0005
        assert (normals[lip, 2] > 0).mean() > 0.9
    upper = gum(UPPER, LIGHT, 0.0)
    centres, normals = upper.points[upper.faces].mean(1), face_normals(upper.points, upper.faces)
    palate = (np.abs(centres[:, 0]) < 0.006) & (centres[:, 2] < -0.015)
    assert palate.any()
    assert (normals[palate, 1] < 0).all()


def test_melanin_darkens_it_and_age_bares_the_necks():
    light, dark, old = gum(UPPER, LIGHT, 0.0), gum(UPPER, DARK, 0.0), gum(UPPER, LIGHT, 1.0)
    assert (dark.colour < light.colour).all()
    assert (old.points[:, 1] - light.points[:, 1]).min() == pytest.approx(0.0015, abs=1e-9)
