import numpy as np
import pytest
from scipy.sparse.csgraph import shortest_path

from painctl.mesh.graph import adjacency, connected_components, directed_edges, rings, triangle_components, unique_edges

SQUARE = np.array([[0, 1, 2], [0, 2, 3]])


@pytest.fixture(scope="module")
def faces():
    """Triangles on 60 vertices of three separate parts, in no order."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, 3, 60)
    return np.concatenate([rng.choice(np.flatnonzero(label == part), (60, 3)) for part in range(3)])


def test_directed_edges_follow_the_triangles():
    assert directed_edges(SQUARE).tolist() == [[0, 1], [0, 2], [1, 2], [2, 3], [2, 0], [3, 0]]


def test_each_edge_once():
    assert unique_edges(SQUARE).tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [2, 3]]


def test_adjacency_is_symmetric_and_counts_a_shared_edge_once():
    expected = np.zeros((5, 5))
    for a, b in unique_edges(SQUARE):
        expected[a, b] = expected[b, a] = 1
    matrix = adjacency(SQUARE, 5)
    assert matrix.dtype == np.float64
    np.testing.assert_array_equal(matrix.toarray(), expected)


def test_components_are_numbered_by_their_first_vertices():
    assert connected_components(np.array([[5, 4, 3], [0, 1, 2], [3, 4, 6]]), 8).tolist() == [0, 0, 0, 1, 1, 1, 1, 2]


def test_components_agree_with_merging_triangle_by_triangle(faces):
    label = np.arange(60)
    for face in faces:
        label[np.isin(label, label[face])] = label[face].min()
    _, expected = np.unique(label, return_inverse=True)
    np.testing.assert_array_equal(connected_components(faces, 60), expected)


def test_rings_are_distances_in_edges(faces):
    start = np.array([int(faces[0, 0]), int(faces[-1, 0])])
    distance = shortest_path(adjacency(faces, 60), unweighted=True, indices=start).min(0)
    result = list(rings(faces, start))
    assert len(result) == distance[np.isfinite(distance)].max() + 1
    for steps, ring in enumerate(result):
        np.testing.assert_array_equal(np.sort(ring), np.flatnonzero(distance == steps))


def test_layers_attached_to_a_surface_are_components_of_their_own():
    corner = np.arange(16).reshape(4, 4)
    a, b, c, d = (x.ravel() for x in (corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]))
    grid = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    film = [[5, 6, 16]]  # attached along the inner edge 5-6, which then has three triangles
    flap = [[1, 0, 16]]  # attached along the border
    component = triangle_components(np.concatenate([grid, film]))
    assert len(set(component[:-1])) == 1
    assert component[-1] != component[0]
    assert triangle_components(np.concatenate([grid, flap])).max() == 0
