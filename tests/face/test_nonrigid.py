import numpy as np
import pytest

from painctl.face.nonrigid import locate, register_onto
from painctl.face.shell import Shell, hidden_vertices

TRIANGLES = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 1], [0, 1, 1], [1, 0, 1]]], float)
VERTICES, FACES = TRIANGLES.reshape(-1, 3), np.arange(6).reshape(2, 3)


def brute_force(point, corners):
    """The least distance of a point to triangles [F, 3, 3], over a fine grid on each."""
    u, v = np.meshgrid(*[np.linspace(0, 1, 201)] * 2)
    inside = u + v <= 1
    weights = np.stack([1 - u - v, u, v], -1)[inside]
    return np.linalg.norm(np.einsum("nc,fcd->fnd", weights, corners) - point, axis=2).min()


def test_located_points_are_the_closest():
    rng = np.random.default_rng(0)
    corners = rng.normal(0, 1, (20, 3, 3))
    points = rng.normal(0, 1.5, (30, 3))
    place = locate(points, corners.reshape(-1, 3), np.arange(60).reshape(20, 3))
    closest = np.einsum("nc,ncd->nd", place.barycentric, corners[place.triangles])
    np.testing.assert_allclose(np.linalg.norm(closest - points, axis=1), place.distance, atol=1e-12)
    np.testing.assert_allclose(place.barycentric.sum(1), 1)
    assert place.barycentric.min() >= 0
    best = [brute_force(point, corners) for point in points]
    assert (place.distance <= np.array(best) + 1e-9).mean() > 0.9  # else it is not among the 16 nearest centres
    assert (place.distance < np.array(best) + 0.4).all()


def test_folds_and_lips_are_distinguished():
    point = np.array([[0.2, 0.2, 0.499]])
    scale = 0.005 * np.array([1, 1, 1])  # the two sides are 5 mm apart
    near, far = (locate(point * scale, VERTICES * scale, FACES, np.array([[0, 0, z]])) for z in (1.0, -1.0))
    assert (near.triangles[0], far.triangles[0]) == (0, 1)
    lip = np.array([1, 1, 1, -1, -1, -1])
    assert locate(point * scale, VERTICES * scale, FACES, lips=(np.array([-1]), lip)).triangles[0] == 1


@pytest.fixture(scope="module")
def pair(head, people):
    """The template and another head of the same topology, so that the true correspondence is known."""
    vertices = head.template.astype(float)
    target = people[1][3].astype(float)
    shells = [Shell.of(points, head.topology.faces, hidden_vertices(head.topology)) for points in (vertices, target)]
    return vertices, shells[0], target, shells[1]


def test_a_head_registered_onto_itself_does_not_move(head, pair):
    vertices, shell, *_ = pair
    registered = register_onto(vertices, shell, vertices, shell)
    assert np.abs(registered - vertices).max() < 2e-5


def test_a_head_registered_onto_another_matches_the_true_correspondence(head, pair):
    vertices, shell, target, target_shell = pair
    registered = register_onto(vertices, shell, target, target_shell)
    skin = np.unique(shell.faces)
    off = np.linalg.norm(registered - target, axis=1)
    face = skin[head.topology.region("face")[skin] > 0.5]
    assert np.median(np.linalg.norm(vertices - target, axis=1)[skin]) > 0.010
    assert np.median(off[face]) < 0.0035  # along the skin of forehead, cheeks and chin, which have no anchors
    for name in ("lids", "lips", "nose", "brows"):
        assert np.median(off[skin[head.topology.region(name)[skin] > 0.5]]) < 0.0035, name
    slits = np.concatenate([edge for slit in shell.slits for edge in (slit.upper, slit.lower)])
    assert off[slits].max() < 0.0035  # shares of edge length correspond only approximately
    assert np.quantile(locate(registered[face], target, target_shell.faces).distance, 0.95) < 0.0005
