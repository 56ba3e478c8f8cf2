import numpy as np
import pytest

from painctl.mesh.normals import face_areas, face_normals, face_vectors, sum_at_vertices, unit, vertex_normals

# the corner of a cube of side 1 at the origin, of which the face z = 0 is cut in two; outside is where x, y, z < 0
CORNER = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]], float)
FACES = np.array([[0, 4, 1], [0, 2, 4], [0, 3, 5], [0, 5, 2], [0, 1, 6], [0, 6, 3]])


@pytest.fixture(scope="module")
def mesh():
    rng = np.random.default_rng(0)
    return rng.normal(0, 1, (20, 3)), rng.integers(0, 20, (40, 3))


def test_a_face_vector_points_outwards_and_is_twice_the_area_long():
    np.testing.assert_array_equal(face_vectors(CORNER, FACES)[:2], [[0, 0, -1], [0, 0, -1]])
    np.testing.assert_allclose(face_areas(CORNER, FACES), 0.5)
    np.testing.assert_allclose(face_areas(3 * CORNER, FACES), 4.5)


def test_vertex_normals_are_weighted_by_area():
    np.testing.assert_allclose(vertex_normals(CORNER, FACES)[0], -np.ones(3) / np.sqrt(3))
    stretched = CORNER * (1, 1, 2)  # the two sides with x = 0 and y = 0 have twice the area
    np.testing.assert_allclose(vertex_normals(stretched, FACES)[0], -np.array([2, 2, 1]) / 3)


def test_vertex_normals_agree_with_a_loop(mesh):
    vertices, faces = mesh
    total = np.zeros_like(vertices)
    for a, b, c in faces:
        for corner in (a, b, c):
            total[corner] += np.cross(vertices[b] - vertices[a], vertices[c] - vertices[a])
    length = np.linalg.norm(total, axis=1, keepdims=True)
    assert length.min() > 0.1
    np.testing.assert_allclose(vertex_normals(vertices, faces), total / length)


def test_float32_vertices_are_computed_in_float64(mesh):
    vertices = mesh[0].astype(np.float32)
    normals = vertex_normals(vertices, mesh[1])
    assert normals.dtype == np.float64
    np.testing.assert_array_equal(normals, vertex_normals(vertices.astype(float), mesh[1]))


def test_triangles_without_area_and_vertices_without_triangles_have_zero_normals():
    vertices, faces = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [5, 5, 5]], float), np.array([[0, 1, 2]])
    np.testing.assert_array_equal(face_normals(vertices, faces), np.zeros((1, 3)))
    np.testing.assert_array_equal(vertex_normals(vertices, faces), np.zeros((4, 3)))


def test_values_of_triangles_are_summed_at_their_corners():
    values = np.array([[1.0, 10], [2, 20]])
    sums = sum_at_vertices(values, np.array([[0, 1, 2], [2, 1, 3]]), 5)
    np.testing.assert_array_equal(sums, [[1, 10], [3, 30], [3, 30], [2, 20], [0, 0]])


def test_unit_vectors():
    vectors = unit(np.array([[[3.0, 0, 4], [0, 0, 0]]]))
    np.testing.assert_allclose(vectors, [[[0.6, 0, 0.8], [0, 0, 0]]])
