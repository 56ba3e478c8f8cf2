import numpy as np

from painctl.appearance.cavity import LINING, THROAT, cavity, tongue
from painctl.mesh.normals import face_normals


def facing(surface):
    """Cosine between the normal of each triangle and its direction from the middle of the surface, [M]."""
    centres = surface.points[surface.faces].mean(1)
    away = centres - (surface.points.max(0) + surface.points.min(0)) / 2
    areas = np.linalg.norm(
        np.cross(*(surface.points[surface.faces[:, k]] - surface.points[surface.faces[:, 0]] for k in (1, 2))), axis=1
    )
    normals = face_normals(surface.points, surface.faces)
    return ((normals * away).sum(1) / np.linalg.norm(away, axis=1))[areas > 1e-12]


def test_a_cavity_is_seen_from_inside_and_a_tongue_from_outside():
    assert (facing(cavity()[0]) < 0).all()
    assert (facing(tongue()) > 0).mean() > 0.97


def test_the_floor_of_the_cavity_follows_the_jaw_and_its_roof_and_throat_do_not():
    surface, follows = cavity()
    assert 0 <= follows.min() <= follows.max() <= 1
    height, depth = surface.points[:, 1], surface.points[:, 2]
    front = depth > np.quantile(depth, 0.8)
    assert follows[front & (height < np.quantile(height, 0.15))].min() > 0.9
    assert follows[height > np.quantile(height, 0.85)].max() == 0
    assert follows[depth <= np.quantile(depth, 0.05)].max() < 0.2


def test_it_is_dark_deep_in_the_throat():
    surface, _ = cavity()
    order = np.argsort(surface.points[:, 2])
    np.testing.assert_allclose(surface.colour[order[:20]].mean(0), THROAT, atol=0.01)
    np.testing.assert_allclose(surface.colour[order[-20:]].mean(0), LINING, atol=0.1)
    assert (THROAT < LINING).all()


def test_the_tongue_lies_behind_the_teeth_inside_the_cavity():
    bowl, flesh = cavity()[0].points, tongue().points
    assert flesh[:, 2].max() < -0.004
    assert np.abs(flesh[:, 0]).max() < np.abs(bowl[:, 0]).max()
    assert np.abs(flesh[:, 0].mean()) < 1e-9
