import numpy as np

from painctl.records import Camera, Strands
from painctl.render.hidden_hair import hidden_by_hair, strand_areas

CAMERA = Camera(np.array([[500.0, 0, 128], [0, 500.0, 128], [0, 0, 1]]), np.eye(4), 256)


def curtain(depth, strands=800, width=0.00025):
    """Vertical strands of 120 points over 10 x 10 cm, `depth` metres from the camera."""
    rng = np.random.default_rng(int(1000 * depth))
    x = rng.uniform(-0.05, 0.05, (strands, 1)) * np.ones(120)
    y = np.ones((strands, 1)) * np.linspace(-0.05, 0.05, 120)
    points = np.stack([x, y, np.full_like(x, depth)], 2).astype(np.float32)
    return Strands(points, points, np.full(x.shape, width, np.float32), points, x)


def hidden(curtains):
    """The share of each curtain that the others hide."""
    points = np.concatenate([curtain.points.reshape(-1, 3) for curtain in curtains])
    areas = np.concatenate([strand_areas(curtain).ravel() for curtain in curtains])
    answer = hidden_by_hair(areas, CAMERA.project(points).T, points[:, 2], CAMERA)
    return [part.mean() for part in np.split(answer, np.cumsum([curtain.width.size for curtain in curtains])[:-1])]


def test_hair_behind_many_layers_is_hidden_and_hair_in_front_is_not():
    shares = hidden([curtain(0.50 + 0.01 * layer) for layer in range(8)])  # each covers its square twice
    assert shares[0] == shares[1] == 0
    assert shares[-1] > 0.95
    assert shares == sorted(shares)


def test_one_layer_hides_nothing():
    assert hidden([curtain(0.5), curtain(0.6)]) == [0, 0]


def test_areas_are_those_of_the_ribbons():
    total = strand_areas(curtain(0.5)).sum()
    np.testing.assert_allclose(total, 800 * 0.00025 * 0.1, rtol=0.05)


def test_without_points_nothing_is_hidden():
    assert hidden_by_hair(np.zeros(0), np.zeros((2, 0)), np.zeros(0), CAMERA).shape == (0,)
