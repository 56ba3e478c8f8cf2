import numpy as np
import pytest

from painctl.appearance.occluders.relief import Relief, rays, to_polar

CENTRE = np.array((0.01, -0.02, 0.03))
RADII = np.array((0.10, 0.12, 0.09))


@pytest.fixture(scope="module")
def ellipsoid():
    """A closed grid of directions around CENTRE, scaled by RADII."""
    azimuth, elevation = np.meshgrid(np.linspace(-180, 180, 181)[:-1], np.linspace(-90, 90, 91))
    vertices = CENTRE + (rays(azimuth, elevation) * RADII).reshape(-1, 3)
    index = np.arange(91 * 180).reshape(91, 180)
    right = np.roll(index, -1, 1)
    a, b, c, d = index[:-1], right[:-1], right[1:], index[1:]
    return vertices, np.stack([a, b, c, a, c, d], -1).reshape(-1, 3)


def test_angles_and_rays_are_inverse_and_zero_is_the_front():
    azimuth, elevation = np.meshgrid(np.linspace(-170, 170, 9), np.linspace(-80, 80, 7))
    back = to_polar(CENTRE + 0.2 * rays(azimuth, elevation), CENTRE)
    np.testing.assert_allclose(back[0], azimuth, atol=1e-9)
    np.testing.assert_allclose(back[1], elevation, atol=1e-9)
    np.testing.assert_allclose(back[2], 0.2)
    np.testing.assert_allclose(
        rays(np.array((0, 90, 0)), np.array((0, 0, 90))), [(0, 0, 1), (1, 0, 0), (0, 1, 0)], atol=1e-12
    )


def test_the_relief_of_an_ellipsoid_has_its_radii_also_at_the_back_and_at_the_pole(ellipsoid):
    relief = Relief.of(*ellipsoid, CENTRE)
    azimuth, elevation = (np.random.default_rng(0).uniform(-limit, limit, 400) for limit in (180, 89))
    expected = 1 / np.sqrt(((rays(azimuth, elevation) / RADII) ** 2).sum(-1))
    np.testing.assert_allclose(relief.at(azimuth, elevation), expected, atol=7e-4)
    assert relief.at(np.array(180.0), np.array(0.0)) == pytest.approx(RADII[2], abs=7e-4)
    assert relief.at(np.array(0.0), np.array(90.0)) == pytest.approx(RADII[1], abs=7e-4)


def test_points_are_lifted_along_their_rays(ellipsoid):
    relief = Relief.of(*ellipsoid, CENTRE)
    inside = CENTRE + 0.05 * rays(np.array((0.0, 60.0)), np.array((10.0, -30.0)))
    outside = relief.onto(inside, 0.004)
    azimuth, elevation, radius = to_polar(outside, CENTRE)
    np.testing.assert_allclose(azimuth, (0, 60), atol=1e-6)
    np.testing.assert_allclose(radius, relief.at(azimuth, elevation) + 0.004)


def test_the_farthest_surface_is_on_top(ellipsoid):
    vertices, faces = ellipsoid
    inner = CENTRE + 0.5 * (vertices - CENTRE)
    both = Relief.of(np.concatenate([vertices, inner]), np.concatenate([faces, faces + len(vertices)]), CENTRE)
    np.testing.assert_allclose(both.radius, Relief.of(vertices, faces, CENTRE).radius, atol=1e-6)


def test_gaps_of_a_cover_are_filled_from_their_borders_at_a_slope(ellipsoid):
    vertices, faces = ellipsoid
    upper = faces[(vertices[faces, 1] > CENTRE[1]).all(1)]
    cover = Relief.of(vertices, upper, CENTRE)
    assert (cover.radius == 0).any()
    flat, rising = cover.spread(0.0), cover.spread(0.001)
    assert flat.radius.min() > 0.05
    azimuth = np.array((0.0, 180.0, -120.0))
    np.testing.assert_allclose(flat.at(azimuth, -40.0 * np.ones(3)), flat.at(azimuth, -2.0 * np.ones(3)), atol=0.004)
    assert (rising.at(azimuth, -40.0 * np.ones(3)) > flat.at(azimuth, -40.0 * np.ones(3)) + 0.05).all()
    with pytest.raises(ValueError, match="without a surface"):
        Relief(CENTRE, np.zeros((360, 360), np.float32)).spread(0.0)
