import numpy as np
import pytest

from painctl.render.occlusion import OrthographicView, SoftShadow, ambient_occlusion, blur

SPHERE = (np.zeros(3), 0.2)


def grid(count, side, z=0.0):
    """A flat grid with a side in metres that faces +z."""
    along = np.linspace(-side / 2, side / 2, count)
    x, y = np.meshgrid(along, along, indexing="ij")
    vertices = np.stack([x, y, np.full_like(x, z)], -1).reshape(-1, 3).astype(np.float32)
    i, j = np.mgrid[: count - 1, : count - 1].reshape(2, -1)
    a, b = i * count + j, (i + 1) * count + j
    return vertices, np.concatenate([np.stack([a, b, b + 1], 1), np.stack([a, b + 1, a + 1], 1)]).astype(np.int32)


@pytest.mark.parametrize("direction", [[0, 0, 1.0], [0.6, 0, 0.8], [0, -0.8, 0.6]])
def test_an_orthographic_view_measures_depth_along_its_direction(sphere, direction):
    vertices, faces = sphere(60, 90, 0.1)
    depth = OrthographicView(SPHERE, np.array(direction)).depth(vertices, faces, 101)
    assert depth[50, 50] == pytest.approx((0.2 - 0.1) / 0.4, abs=1e-3)  # from 0.2 m before the centre to 0.2 m behind
    assert (depth < 1).sum() / depth.size == pytest.approx(np.pi / 4 * 0.5**2, rel=0.02)


def test_a_convex_body_has_no_occlusion(sphere):
    vertices, faces = sphere(30, 40, 0.1)
    assert ambient_occlusion(vertices, vertices * 10, SPHERE, vertices, faces).min() > 0.85


def test_the_inside_of_a_ball_is_fully_occluded(sphere):
    outer, faces = sphere(30, 40, 0.15)
    inner, _ = sphere(30, 40, 0.05)
    vertices = np.concatenate([outer, inner])
    normals = np.concatenate([outer / 0.15, inner / 0.05])
    sky = ambient_occlusion(vertices, normals, SPHERE, vertices, np.concatenate([faces, faces + len(outer)]))
    assert sky[len(outer) :].max() < 0.05


def test_a_plate_casts_a_shadow_that_a_larger_lamp_softens():
    wall, wall_faces = grid(21, 0.3)
    plate, plate_faces = grid(5, 0.06, z=0.05)
    vertices, faces = np.concatenate([wall, plate]), np.concatenate([wall_faces, plate_faces + len(wall)])
    across = np.zeros((200, 3), np.float32)
    across[:, 0] = np.linspace(-0.1, 0.1, 200)
    hard, soft = (
        SoftShadow(vertices, faces, SPHERE, np.array([0, 0, 1.0]), np.radians(r)).light(across) for r in (2, 25)
    )
    for share in (hard, soft):
        assert share.min() >= 0
        assert share.max() <= 1
        assert share[[0, -1]].min() > 0.95
        assert share[100] < 0.1
    assert hard[100] < 0.02
    penumbra = [((share > 0.1) & (share < 0.9)).sum() for share in (hard, soft)]
    assert penumbra[1] > 2 * penumbra[0]
    slanted = SoftShadow(vertices, faces, SPHERE, np.array([0.6, 0, 0.8]), np.radians(2)).light(across)
    middle = (across[:, 0] * (1 - slanted)).sum() / (1 - slanted).sum()
    assert middle == pytest.approx(-0.05 * 0.6 / 0.8, abs=0.006)


def test_blur_has_the_given_deviation_and_preserves_the_sum():
    dot = np.zeros((101, 101), np.float32)
    dot[50, 50] = 1
    for deviation in (2.4, 6.5):
        spread = blur(dot, deviation)
        assert spread.sum() == pytest.approx(1, rel=1e-4)
        assert np.sqrt((spread.sum(axis=0) * (np.arange(101) - 50.0) ** 2).sum()) == pytest.approx(deviation, rel=0.15)


def test_the_light_of_a_near_lamp_falls_off_with_the_square_of_the_distance(sphere):
    vertices, faces = sphere(20, 30, 0.1)
    towards = np.array([0.0, 0.0, 1.0])
    far, near = (SoftShadow(vertices, faces, (np.zeros(3), 0.1), towards, 0.02, *at) for at in ((), (1.3,)))
    points = np.float32([[0, 0, 0.101], [0.1005, 0, 0], [0, 0, -0.1]])
    expected = 1.3**2 / ((points - np.float32([0, 0, 1.3])) ** 2).sum(axis=1)
    np.testing.assert_allclose(near.light(points), far.light(points) * expected, rtol=1e-5)
    assert near.light(points[:1]) > 1.1
    assert near.light(points[2:]) < 0.1
